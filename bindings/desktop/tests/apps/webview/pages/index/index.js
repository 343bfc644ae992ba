Page({
  onLoad({ server }) {
    this.server = server
  },
  open({ currentTarget }) {
    const { src } = currentTarget.dataset
    const url = src.startsWith('/') ? this.server + src : src
    wx.navigateTo({ url: `/pages/web/web?src=${encodeURIComponent(url)}` })
  },
})
