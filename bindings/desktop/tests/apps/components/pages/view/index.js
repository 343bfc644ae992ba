require('../../utils/page')({
  data: { hidden: true },
  show() {
    this.setData({ hidden: false })
  },
})
