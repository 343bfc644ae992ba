// Functions that make an object, and those without an answer.
const { assert, is, methods, show, unlike } = require('../lib/runner.js')

const silent = (api, ...args) => ({ api, with: args, gives: is(undefined) })

module.exports = [
  {
    api: 'createAnimation',
    check() {
      const lengths = [
        'width',
        'height',
        'top',
        'right',
        'bottom',
        'left',
        'translateX',
        'translateY',
        'translateZ',
      ]
      const angles = ['rotate', 'rotateX', 'rotateY', 'rotateZ', 'skewX', 'skewY']
      const numbers = ['opacity', 'scale', 'scaleX', 'scaleY', 'scaleZ']
      const animation = wx.createAnimation({
        duration: 100,
        timingFunction: 'ease',
        delay: 5,
        transformOrigin: '0 0',
      })
      for (const name of [...lengths, ...angles, ...numbers]) assert(animation[name](2) === animation, name)
      animation
        .backgroundColor('red')
        .rotate3d(1, 0, 0, 9)
        .scale3d(1, 2, 3)
        .skew(1, 2)
        .translate(1, 2)
        .translate3d(1, 2, 3)
      animation.matrix(1, 0, 0, 1, 0, 0).matrix3d(...Array(16).fill(1))
      animation.step().opacity(0).step({ duration: 1 })
      const { actions } = animation.export()
      assert(
        actions.length === 2 && actions[0].animates.length === 28,
        'not every step',
        actions.map(({ animates }) => animates.length),
      )
      const why = unlike(actions[0].option, {
        transformOrigin: is('0 0'),
        transition: { duration: 100, timingFunction: is('ease'), delay: 5 },
      })
      assert(!why, why)
      assert(actions[1].option.transition.duration === 1, 'options of a step', actions[1])
      assert(animation.export().actions.length === 0, 'exported twice')
    },
  },
  { api: 'createAnimation', with: [], gives: methods('step', 'export', 'rotate'), name: 'with defaults' },
  {
    api: 'getUpdateManager',
    check: () =>
      new Promise((resolve, reject) => {
        const manager = wx.getUpdateManager()
        const why = unlike(manager, methods('applyUpdate', 'onUpdateReady', 'onUpdateFailed'))
        manager.onUpdateReady(() => reject(new Error('no update is ready')))
        manager.onCheckForUpdate((result) =>
          why ? reject(new Error(why)) : resolve(assert(result.hasUpdate === false, show(result))),
        )
      }),
  },
  { api: 'getLogManager', with: [{ level: 1 }], gives: methods('debug', 'info', 'log', 'warn') },
  {
    api: 'getRealtimeLogManager',
    check() {
      const manager = wx.getRealtimeLogManager()
      const why = unlike(
        manager,
        methods('info', 'warn', 'error', 'setFilterMsg', 'addFilterMsg', 'in', 'tag', 'getCurrentState'),
      )
      assert(!why, why)
      const state = { size: 'Number', maxSize: 'Number', logCount: 'Number', maxLogCount: 'Number' }
      assert(!unlike(manager.getCurrentState(), state), 'another state', manager.getCurrentState())
      const tag = manager.tag('case')
      assert(!unlike(tag, methods('info', 'warn', 'error', 'setFilterMsg', 'addFilterMsg')), 'no tag')
    },
  },
  {
    api: 'getPerformance',
    async check(t) {
      const performance = wx.getPerformance()
      const [launch] = performance.getEntriesByName('appLaunch')
      const about = {
        startTime: (time) => Math.abs(Date.now() - time) < 600000,
        duration: (time) => time > 0,
        path: 'String',
      }
      const why = unlike(launch, { entryType: is('navigation'), navigationType: is('appLaunch'), ...about })
      assert(!why, why)
      assert(
        performance.getEntriesByType('script').some(({ moduleName }) => moduleName === '__APP__'),
        'no script',
        performance.getEntries(),
      )
      assert(
        performance.getEntriesByName('firstRender', 'render').length > 0,
        'no render',
        performance.getEntries(),
      )
      const seen = []
      const observer = performance.createObserver((list) => seen.push(...list.getEntries()))
      assert(observer.supportedEntryTypes.includes('navigation'), 'no types', observer.supportedEntryTypes)
      observer.observe({ entryTypes: ['navigation'] })
      await wx.navigateTo({ url: '/pages/other/other' })
      assert(
        seen.length === 1 && seen[0].name === 'route' && seen[0].navigationType === 'navigateTo',
        'not told',
        seen,
      )
      observer.disconnect()
      await t.back()
      assert(seen.length === 1, 'told after disconnect', seen)
      performance.setBufferSize(1)
      assert(performance.getEntries().length === 1, 'more than the buffer', performance.getEntries())
      performance.setBufferSize(30)
    },
  },
  silent('reportEvent', 'event', {}),
  silent('reportAnalytics', 'event', {}),
  silent('reportMonitor', 'name', 1),
  silent('reportPerformance', 1101, 12),
  { api: 'preloadWebview', args: {}, ok: {} },
  { api: 'preloadSkylineView', args: {}, ok: {} },
]
