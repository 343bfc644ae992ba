Component({
  data: { chosen: 0 },
  methods: {
    main() {
      wx.switchTab({ url: '/pages/main/main' })
    },
    tab() {
      wx.switchTab({ url: '/pages/tab/tab' })
    },
  },
})
