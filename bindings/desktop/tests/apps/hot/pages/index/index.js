Page({
  data: { count: 0 },
  onLoad() { console.log('index loaded') },
  add() { this.setData({ count: this.data.count + 1 }) },
  go() { wx.navigateTo({ url: '/pages/second/second?from=door' }) },
})
