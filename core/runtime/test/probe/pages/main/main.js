const { shared } = require('../../shared.js')
const app = getApp()
const { check } = app

/** Resolves when `holds` does; after three seconds the check that follows fails. */
async function until(holds) {
  const end = Date.now() + 3000
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
}

Page({
  data: { value: 0, list: [{ id: 1 }, { id: 2 }] },
  onLoad(query) {
    app.order.push('onLoad')
    check('query', query.a === '1', query)
  },
  onShow() {
    app.order.push('onShow')
  },
  onReady() {
    app.order.push('onReady')
    check('order', app.order.join() === 'App.onLaunch,App.onShow,onLoad,onShow,onReady', app.order)
    this.run().catch((error) =>
      check('run', false, String((error && error.errMsg) || (error && error.stack) || error)),
    )
  },
  async run() {
    this.scope()
    this.measure()
    this.storage()
    await this.asynchronous()
    await this.subpackage()
    await this.travel()
    console.log('DONE')
  },
  scope() {
    check('module', shared === 'shared')
    check(
      'hidden',
      [typeof window, typeof document, typeof fetch, typeof localStorage].every((t) => t === 'undefined'),
    )
    check('global', Function('return this')() === globalThis && global === globalThis && globalThis.wx === wx)
    let refused = false
    try {
      new Function('return 1 + 1')()
    } catch (error) {
      refused = error instanceof EvalError
    }
    check('eval', refused)
    let missing = ''
    try {
      require('./none' + '.js')
    } catch (error) {
      missing = error.message
    }
    check('missing module', /is not defined/.test(missing), missing)
    check('unknown name', wx.noSuchFunction === undefined && !('noSuchFunction' in wx))
    check('canIUse', wx.canIUse('request.object.url') && wx.canIUse('button') && !wx.canIUse('noSuchThing'))
    check(
      'pages',
      getCurrentPages().length === 1 && getCurrentPages()[0] === this && this.route === 'pages/main/main',
    )
  },
  measure() {
    this.createSelectorQuery()
      .select('#top')
      .boundingClientRect()
      .select('#box')
      .boundingClientRect()
      .selectViewport()
      .scrollOffset()
      .selectAll('.item')
      .fields({ size: true, computedStyle: ['display'] })
      .exec(([top, box, viewport, items]) => {
        const { windowWidth, windowHeight } = wx.getWindowInfo()
        check('rpx', Math.abs(top.width - windowWidth / 2) < 1, top)
        check('vh', Math.abs(top.height - windowHeight / 2) < 1, [top.height, windowHeight])
        check('page coordinates', top.top === 0 && top.left === 0 && top.dataset.kind === 'a', top)
        check('inline host', box.width > 0 && box.height > 0, box)
        check('viewport', viewport.scrollHeight > 2000 && viewport.scrollTop === 0, viewport)
        check('all', items.length === 2 && items[0].height > 0 && items[0].display === 'block', items)
      })
  },
  storage() {
    const when = new Date(5)
    for (const [key, value] of Object.entries({
      n: 1.5,
      s: 'x',
      b: true,
      o: { a: [1] },
      l: [1, 'a'],
      z: null,
      d: when,
    })) {
      wx.setStorageSync(key, value)
      check(
        `storage ${key}`,
        JSON.stringify(wx.getStorageSync(key)) === JSON.stringify(value),
        wx.getStorageSync(key),
      )
    }
    wx.setStorageSync('long', '"'.repeat(1000 * 1000))
    check('storage long', wx.getStorageInfoSync().currentSize > 900, wx.getStorageInfoSync())
    check('storage date', wx.getStorageSync('d') instanceof Date)
    check('storage absent', wx.getStorageSync('absent') === '')
    check('storage info', wx.getStorageInfoSync().keys.includes('n'), wx.getStorageInfoSync())
  },
  async asynchronous() {
    const { data } = await wx.getStorage({ key: 'n' })
    check('promise', data === 1.5, data)
    const order = []
    await new Promise((resolve) =>
      wx.getStorage({
        key: 'absent',
        success: () => order.push('success'),
        fail: ({ errMsg }) => order.push(errMsg),
        complete: () => resolve(order.push('complete')),
      }),
    )
    check('fail', order.join() === 'getStorage:fail data not found,complete', order)
    const bad = await wx.request({}).catch((error) => error.errMsg)
    check(
      'parameters',
      bad === 'request:fail parameter error: parameter.url should be String instead of Undefined;',
      bad,
    )
    const gone = await wx.navigateTo({ url: '/pages/none/none' }).catch((error) => error.errMsg)
    check('page not found', gone === 'navigateTo:fail page "pages/none/none" is not found', gone)
    this.setData({ value: 7, 'list[2]': { id: 3 } })
    check('path', this.data.list.length === 3, this.data.list)
    await until(() => this.fromWxsValue)
    check('wxs change', this.fromWxsValue && this.fromWxsValue.value === 7, this.fromWxsValue)
    const box = this.selectComponent('#box')
    check('component', box && box.data.own === 'box' && box.is === 'components/box/box')
    check('renderer', box.renderer === 'webview' && this.renderer === 'webview', [
      box.renderer,
      this.renderer,
    ])
    await until(() => box.lived.length === 4)
    box.fire()
    await until(() => this.clicked)
    check(
      'component event',
      this.clicked && this.clicked.detail.size === 3 && this.clicked.type === 'click',
      this.clicked,
    )
    check('lifetimes', box.lived.join() === 'created,attached,show,ready', box.lived)
    check('base64', wx.arrayBufferToBase64(wx.base64ToArrayBuffer('AQID')) === 'AQID')
    const animation = wx.createAnimation({ duration: 1 }).opacity(0).rotate(10).step().export()
    check(
      'animation',
      animation.actions.length === 1 && animation.actions[0].animates.length === 2,
      animation,
    )
    await wx.pageScrollTo({ scrollTop: 300, duration: 0 })
    await until(() => this.scrolled === 300)
    check('onPageScroll', this.scrolled === 300, this.scrolled)
    await wx.pageScrollTo({ scrollTop: 1e6, duration: 0 })
    await until(() => this.bottom)
    check('onReachBottom', this.bottom === 1, this.bottom)
    await wx.startPullDownRefresh()
    check('onPullDownRefresh', this.pulled === 1, this.pulled)
    await wx.stopPullDownRefresh()
  },
  async subpackage() {
    const extra = await require.async('../../packages/extra/lib.js')
    check('require.async', extra.name === 'extra', extra)
  },
  async travel() {
    const answer = new Promise((resolve) => (this.answered = resolve))
    const { eventChannel } = await wx.navigateTo({
      url: '../second/second?x=1',
      events: { reply: (value) => this.answered(value) },
    })
    eventChannel.emit('hello', 'world')
    check('event channel', (await answer) === 'hello world')
    check('stack', getCurrentPages().length === 2)
    await wx.navigateTo({ url: '/packages/extra/page/page' })
    check('subpackage page', getCurrentPages().length === 3)
    await wx.navigateBack({ delta: 2 })
    check('back', getCurrentPages().length === 1 && getCurrentPages()[0] === this)
    check(
      'unloaded',
      app.log.join() === 'second.onLoad 1,second.onShow,second.onHide,second.onUnload',
      app.log,
    )
    await wx.switchTab({ url: '/pages/tab/tab' })
    check('tab', getCurrentPages()[0].route === 'pages/tab/tab')
    await wx.setTabBarBadge({ index: 0, text: '5' })
    await wx.switchTab({ url: '/pages/main/main' })
    check('tab kept', getCurrentPages()[0] === this)
  },
  fromWxs(value) {
    this.fromWxsValue = value
  },
  wxsTapped(had) {
    check('wxs event', had === true)
  },
  onTap(event) {
    const { target, currentTarget, mark, detail, touches, changedTouches } = event
    check(
      'tap',
      target.id === 'inner' && currentTarget.id === 'top' && currentTarget.dataset.kind === 'a',
      event,
    )
    check('mark', mark.outer === '1' && mark.inner === '2', mark)
    check('tap place', detail.x > 0 && touches.length === 0 && changedTouches[0].clientY < 60, event)
    this.taps = (this.taps || 0) + 1
    check('one tap', this.taps === 1, this.taps)
  },
  onCaught() {
    check('catch', true)
  },
  onBoxClick(event) {
    this.clicked = event
    this.clicks = (this.clicks || 0) + 1
    if (this.clicks > 1) check('no native click', false, event)
  },
  onPageScroll({ scrollTop }) {
    this.scrolled = scrollTop
  },
  onReachBottom() {
    this.bottom = (this.bottom || 0) + 1
  },
  onPullDownRefresh() {
    this.pulled = (this.pulled || 0) + 1
  },
})
