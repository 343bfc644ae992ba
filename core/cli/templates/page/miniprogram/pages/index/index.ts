const KEY = 'count'

Page({
  data: {
    greeting: 'Hello',
    count: 0,
  },

  onLoad(query) {
    const stored: unknown = wx.getStorageSync(KEY)
    this.setData({
      greeting: query.name ? `Hello, ${query.name}` : 'Hello',
      count: typeof stored === 'number' ? stored : 0,
    })
  },

  add() {
    const count = this.data.count + 1
    this.setData({ count })
    wx.setStorageSync(KEY, count)
  },
})
