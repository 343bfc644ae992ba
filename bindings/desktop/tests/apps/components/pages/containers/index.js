require('../../utils/page')({
  data: { show: false },
  open() {
    this.setData({ show: false })
    this.setData({ show: true })
  },
})
