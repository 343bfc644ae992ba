// Listeners. Those whose event the program can cause are checked for what they get.
const { assert, events, is, unlike, until } = require('../lib/runner.js')

module.exports = [
  ...events('AppShow', 'AppHide', 'Error', 'KeyboardHeightChange', 'MemoryWarning', 'NetworkStatusChange'),
  ...events('PageNotFound', 'ThemeChange', 'UnhandledRejection', 'WindowResize'),
  ...events('MenuButtonBoundingClientRectWeightChange', 'LazyLoadError', 'ApiCategoryChange'),
  ...events('AppRoute', 'AppRouteDone', 'BeforeAppRoute', 'BeforePageLoad', 'AfterPageLoad'),
  ...events('BeforePageUnload', 'AfterPageUnload'),
  {
    api: 'onAppRoute',
    name: 'and its kin, in order',
    async check(t) {
      const steps = [
        'BeforeAppRoute',
        'BeforePageLoad',
        'AfterPageLoad',
        'AppRoute',
        'AppRouteDone',
        'BeforePageUnload',
        'AfterPageUnload',
      ]
      const seen = []
      const listeners = steps.map((step) => (event) => seen.push([step, event]))
      steps.forEach((step, i) => wx[`on${step}`](listeners[i]))
      const names = () => seen.map(([step]) => step).join()
      await wx.navigateTo({ url: '/pages/other/other?a=1' })
      await until(() => names().endsWith('AppRouteDone'), 'the end of the transition')
      assert(
        names() === 'BeforeAppRoute,BeforePageLoad,AfterPageLoad,AppRoute,AppRouteDone',
        'another order',
        names(),
      )
      const [, route] = seen[3]
      const why = unlike(route, {
        openType: is('navigateTo'),
        path: is('pages/other/other'),
        query: { a: is('1') },
        notFound: false,
        page: 'Object',
        routeEventId: 'String',
        webviewId: 'Number',
        renderer: is('webview'),
        timeStamp: 'Number',
      })
      assert(!why, why)
      seen.length = 0
      await t.back()
      await until(() => names().endsWith('AppRouteDone'), 'the end of the way back')
      assert(
        names() === 'BeforeAppRoute,BeforePageUnload,AfterPageUnload,AppRoute,AppRouteDone',
        'another order',
        names(),
      )
      steps.forEach((step, i) => wx[`off${step}`](listeners[i]))
    },
  },
  {
    api: 'onUnhandledRejection',
    name: 'is told',
    async check(t) {
      const seen = []
      const listener = (event) => seen.push(event)
      wx.onUnhandledRejection(listener)
      const reason = { on: 'purpose' }
      void Promise.reject(reason)
      const { reason: told } = await until(() => seen[0], 'the event')
      assert(told === reason, 'another reason', told)
      wx.offUnhandledRejection(listener)
      // The error is drawn over the page: close it.
      t.tap({ css: '.lodger-error button', text: 'Close' })
    },
  },
]
