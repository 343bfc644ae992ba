Page({
  onLoad(query) {
    getApp().shown.push(query)
  },
})
