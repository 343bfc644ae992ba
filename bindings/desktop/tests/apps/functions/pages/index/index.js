const { run, tap, until } = require('../../lib/runner.js')
const rows = require('../../cases/index.js')
const state = { started: false }

Page({
  data: { focus: false, focused: false },
  onFocus() {
    this.setData({ focused: true })
  },
  onBlur() {
    this.setData({ focused: false, focus: false })
  },
  onReady() {
    if (state.started) return
    state.started = true
    this.start().catch((error) => console.log(`FAIL the run: ${error.stack || error.errMsg}`))
  },
  async start() {
    const { server, only } = this.options
    const chosen = rows.filter(({ api }) => !only || api === only)
    const lines = await run(chosen, { server, page: () => getCurrentPages().slice(-1)[0], back, tap })
    getApp().lines = lines
    const failed = lines.filter(({ passed }) => !passed).length
    await wx.reLaunch({ url: '/pages/result/result' })
    console.log(`DONE ${JSON.stringify({ rows: chosen.length, calls: lines.length, failed })}`)
  },
})

/** Back to the page of the cases. */
async function back() {
  if (getCurrentPages().length > 1) await wx.navigateBack({ delta: 10 })
  await until(() => getCurrentPages().length === 1, 'the first page')
}
