require('../../utils/page')({
  data: { percent: 10 },
  more() {
    this.setData({ percent: 80 })
  },
})
