const { run, tap, until } = require('../../lib/runner.js')
const rows = require('../../cases/index.js')
const state = { started: false, tapped: undefined }

Page({
  data: { focus: false, focused: false },
  onFocus() {
    this.setData({ focused: true })
  },
  onBlur() {
    this.setData({ focused: false, focus: false })
  },
  onTapped() {
    const { tapped } = state
    state.tapped = undefined
    tapped()
  },
  onReady() {
    if (state.started) return
    state.started = true
    this.start().catch((error) => console.log(`FAIL the run: ${error.stack || error.errMsg}`))
  },
  async start() {
    const { server, sockets, chooser, only } = this.options
    const chosen = rows.filter(({ api }) => !only || api === only)
    const page = () => getCurrentPages().slice(-1)[0]
    const lines = await run(chosen, { server, sockets, chooser, page, back, open, tap, tapped, close })
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

/** Opens another page, and waits until it is there. */
async function open(url) {
  await wx.navigateTo({ url })
  return until(() => getCurrentPages().slice(-1)[0].ready && getCurrentPages().slice(-1)[0], 'the page')
}

/** Does `work` in the handler of a tap on this page; `choose`: files for the chooser that it opens. */
function tapped(work = () => undefined, choose) {
  return new Promise((resolve) => {
    state.tapped = () => resolve(work())
    tap({ css: '#tapped', choose })
  })
}

/** Has a person close what one tap closes. */
function close(css) {
  tap({ css, gone: true })
  return tapped()
}
