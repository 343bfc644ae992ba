Page({
  order() {
    wx.showToast({ title: '已加入', icon: 'success' })
  },
})
