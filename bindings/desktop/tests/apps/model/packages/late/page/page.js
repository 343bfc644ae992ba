Page({
  onLoad() {
    getApp().late = 'loaded'
  },
})
