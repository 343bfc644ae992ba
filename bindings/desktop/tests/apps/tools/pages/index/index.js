Page({
  data: { count: 0, list: [{ name: '拿铁 Latte' }], said: '' },
  add() {
    this.setData({ count: this.data.count + 1 })
    wx.setStorageSync('count', this.data.count)
    console.info('count is', this.data.count)
  },
  recall() {
    this.setData({ said: `stored ${wx.getStorageSync('count')}` })
  },
  ask() {
    wx.request({ url: this.options.sink, complete: ({ errMsg, statusCode }) => this.tell(`${errMsg} ${statusCode || ''}`) })
    wx.getNetworkType({ success: ({ networkType }) => console.info('type', networkType) })
  },
  allow() {
    wx.authorize({ scope: 'scope.userLocation', complete: ({ errMsg }) => this.tell(errMsg) })
  },
  go() {
    wx.navigateTo({ url: '/pages/second/second?from=first' })
  },
  tell(said) {
    this.setData({ said })
    console.info('said', said)
  },
  onResize({ size }) {
    console.info('resized', size.windowWidth, wx.getSystemInfoSync().statusBarHeight)
  },
})
