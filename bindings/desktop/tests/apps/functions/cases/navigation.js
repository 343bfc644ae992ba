// The page stack. The page of the cases stays at the bottom, but for the last rows.
const { assert, until, wrong } = require('../lib/runner.js')

const other = { url: '/pages/other/other?a=1&b=%26' }
const back = (t) => t.back()
const top = () => getCurrentPages().slice(-1)[0]
const isAt = (path) => () => assert(top().route === path, 'on another page', top().route)
const bad = (api) => [
  { api, args: {}, fail: wrong(api, 'url', 'String', 'Undefined') },
  { api, args: { url: 5 }, fail: wrong(api, 'url', 'String', 'Number') },
  { api, args: { url: '/pages/none/none' }, fail: new RegExp(`^${api}:fail .*none`) },
]

module.exports = [
  {
    api: 'navigateTo',
    args: other,
    ok: { eventChannel: 'Object' },
    after: async (t) => {
      assert(
        top().route === 'pages/other/other' && top().options.b === '%26',
        'on another page',
        top().options,
      )
      await t.back()
    },
  },
  ...bad('navigateTo'),
  {
    api: 'navigateTo',
    args: { url: '/pages/tab/tab' },
    fail: /^navigateTo:fail can not navigateTo a tabbar page/,
  },
  { api: 'navigateBack', before: () => wx.navigateTo(other), args: {}, after: isAt('pages/index/index') },
  {
    api: 'navigateBack',
    before: () => wx.navigateTo(other),
    args: { delta: 5 },
    after: isAt('pages/index/index'),
    name: 'too far',
  },
  {
    api: 'redirectTo',
    before: () => wx.navigateTo(other),
    args: { url: '../other/other?again=1' },
    after: async (t) => {
      assert(top().options.again === '1' && getCurrentPages().length === 2, 'no redirect', top().options)
      await t.back()
    },
  },
  ...bad('redirectTo'),
  {
    api: 'redirectTo',
    args: { url: '/pages/tab/tab' },
    fail: /^redirectTo:fail can not redirectTo a tabbar page/,
  },
  {
    api: 'switchTab',
    args: { url: '/pages/tab/tab' },
    after: () => wx.switchTab({ url: '/pages/index/index' }),
  },
  ...bad('switchTab'),
  { api: 'switchTab', args: other, fail: /^switchTab:fail can not switch to (?:no|non)-?tab/i },
  {
    api: 'enableAlertBeforeUnload',
    name: 'asks, and stays or leaves',
    async check(t) {
      const shown = new Promise((resolve) => wx.onAppRouteDone(resolve))
      await wx.navigateTo(other)
      await shown
      wx.offAppRouteDone()
      const { errMsg } = await wx.enableAlertBeforeUnload({ message: 'Really leave?' })
      assert(errMsg === 'enableAlertBeforeUnload:ok', 'another errMsg', errMsg)
      const button = { css: '.lodger-nav-button' }
      t.tap(button, { css: '.lgo-dialog-button', text: '取消' }, button, { css: '.lgo-confirm' })
      await until(() => getCurrentPages().length === 1, 'the way back')
    },
  },
  {
    api: 'enableAlertBeforeUnload',
    args: {},
    fail: wrong('enableAlertBeforeUnload', 'message', 'String', 'Undefined'),
  },
  { api: 'disableAlertBeforeUnload', args: {}, ok: {} },
  ...bad('reLaunch'),
  { api: 'reLaunch', args: { url: '/pages/other/other' }, after: isAt('pages/other/other') },
  // Called when everything else has been said, by a tap: see pages/result.
  { api: 'exitMiniProgram', last: true, args: {}, ok: {} },
]
