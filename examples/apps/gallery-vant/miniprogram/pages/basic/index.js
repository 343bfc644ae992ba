Page({
  data: { clicks: 0, shown: true, theme: { buttonPrimaryBackgroundColor: '#7232dd', buttonPrimaryBorderColor: '#7232dd' } },
  count() {
    this.setData({ clicks: this.data.clicks + 1 })
  },
  toggle() {
    this.setData({ shown: !this.data.shown })
  },
})
