Page({
  data: { count: 0, name: '' },
  add() {
    this.setData({ count: this.data.count + 1 })
  },
  typed(event) {
    this.setData({ name: event.detail.value })
  },
  go() {
    wx.navigateTo({ url: '/pages/second/second?from=first' })
  },
  fail() {
    throw new Error('broken on purpose')
  },
  onResize(event) {
    console.info('resized', event.size.windowWidth)
  },
})
