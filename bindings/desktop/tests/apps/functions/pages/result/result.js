Page({
  data: { lines: [], passed: 0, failed: 0 },
  onLoad() {
    const lines = getApp().lines || []
    const failed = lines.filter(({ passed }) => !passed)
    // What failed is what one looks for.
    const rest = lines.filter(({ passed }) => passed)
    this.setData({ lines: [...failed, ...rest], passed: rest.length, failed: failed.length })
  },
  leave() {
    wx.exitMiniProgram({ complete: ({ errMsg }) => console.log(`LAST ${JSON.stringify(errMsg)}`) })
  },
})
