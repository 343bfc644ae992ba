require('../../utils/page')({
  data: { show: false },
  back() {
    wx.navigateBack()
  },
  open() {
    this.setData({ show: true })
  },
})
