import { check, equal, tick } from '../../check'

Page({
  data: {
    items: [{ id: 1 }, { id: 2 }],
    a: 1,
    any: '',
    number: 1,
    alive: true,
    keyed: ['a', 'b', 'c'],
  },
  onReady() {
    const all = [this.relationsChecks, this.observersChecks, this.behaviorsChecks, this.genericsChecks, this.stylesChecks, this.eventsChecks, this.otherChecks, this.lateChecks]
    all
      .reduce(
        (before, run) => before.then(() => run.call(this)).catch((error) => check(run.name, false, String(error.stack || error))),
        Promise.resolve(),
      )
      .finally(() => console.log('DONE'))
  },
  async relationsChecks() {
    const list = this.selectComponent('#list')
    equal('relations linked', list.log, ['linked item-1', 'linked item-2'])
    const ids = (path) => list.getRelationNodes(path).map((node) => node.id)
    equal('getRelationNodes', ids('../item/item'), ['item-1', 'item-2'])
    equal('relation by behavior', ids('group'), ['item-1', 'item-2'])
    const second = this.selectComponent('#item-2')
    this.setData({ items: [{ id: 2 }, { id: 3 }] })
    await tick()
    check('wx:key keeps instances', this.selectComponent('#item-2') === second)
    check('relations unlinked', list.log.includes('unlinked item-1') && list.log.includes('linked item-3'), list.log)
    equal('relations after', ids('../item/item'), ['item-2', 'item-3'])
    equal('relation of the child', second.getRelationNodes('../list/list').map((node) => node.id), ['list'])
  },
  async observersChecks() {
    const watch = this.selectComponent('#watch')
    equal('observers are quiet at first', watch.log.filter((line) => line.startsWith('o ') || line.startsWith('list')), [])
    watch.log.length = 0
    this.setData({ a: 5 })
    await tick()
    equal('property observer and observers', watch.log, ['a,b 5 2', 'a 1->5'])
    equal('observer sets data', watch.data.total, 7)
    watch.log.length = 0
    watch.setData({ 'o.deep.x': 2 })
    watch.setData({ 'list[1]': 9 })
    watch.setData({ _secret: 1 })
    equal('deep observers', watch.log, ['o {"deep":{"x":2}}', 'list 9', 'secret 1'])
    this.setData({ any: { k: 1 } })
    equal('optionalTypes', watch.properties.any, { k: 1 })
    let called = 0
    await new Promise((resolve) => watch.setData({ b: 3 }, () => resolve(called++)))
    equal('setData callback', called, 1)
    let grouped
    watch.groupSetData(() => {
      watch.setData({ b: 4 })
      grouped = watch.data.b
    })
    equal('groupSetData', grouped, 4)
  },
  async behaviorsChecks() {
    // wx://component-export: selectComponent gives what export() returns.
    equal('component-export', this.selectComponent('#mixed'), { exported: true })
    const [mixed] = this.selectAllComponents('#mixed').length ? [getApp().mixed || null] : [null]
    check('export hides the instance', mixed === null)
  },
  async genericsChecks() {
    const chooser = this.selectComponent('#chooser')
    const kind = (owner, selector) => {
      const found = owner.selectComponent(selector)
      return found && found.data.kind
    }
    equal('generic', kind(chooser, '.part'), 'fancy')
    equal('second generic', kind(chooser, '.other'), 'plain')
    equal('default generic', kind(this.selectComponent('#default'), '.part'), 'plain')
    equal('selectOwnerComponent', chooser.selectOwnerComponent() === this, true)
  },
  query(owner, selector, properties) {
    return new Promise((resolve) =>
      owner
        .createSelectorQuery()
        .select(selector)
        .fields({ computedStyle: properties, size: true })
        .exec(([found]) => resolve(found)),
    )
  },
  async stylesChecks() {
    const style = (id) =>
      this.query(this.selectComponent(id), '#in', ['color', 'backgroundColor', 'borderTopWidth'])
    const red = 'rgb(255, 0, 0)'
    const blue = 'rgb(0, 0, 255)'
    const [isolated, apply, shared] = [await style('#isolated'), await style('#apply'), await style('#shared')]
    check('isolated', isolated.color !== red && isolated.backgroundColor === blue && isolated.borderTopWidth === '0px', isolated)
    check('apply-shared', apply.color === red && apply.backgroundColor === blue && apply.borderTopWidth === '3px', apply)
    check('shared', shared.color === red && shared.backgroundColor === blue, shared)
    const own = await this.query(this, '#ownPaint', ['backgroundColor'])
    equal('shared reaches the page', own.backgroundColor, blue)
    const classy = await this.query(this.selectComponent('#classy'), '#in', ['marginTop'])
    check('externalClasses', classy.height === 11 && classy.marginTop === '4px' && classy.width === 10, classy)
    const virtual = this.selectComponent('#virtual')
    const body = await this.query(virtual, '#body', ['marginLeft'])
    check('virtualHost', body.height === 20 && body.width === 77 && body.marginLeft === '5px', body)
  },
  async eventsChecks() {
    const holder = this.selectComponent('#holder')
    const trial = async (options) => {
      this.seen = []
      holder.seen = []
      holder.go(options)
      await tick()
      return [...holder.seen, ...this.seen].join()
    }
    equal('plain event', await trial({}), '')
    equal('bubbles', await trial({ bubbles: true }), 'inside')
    // Of a composed event the outer component's own bindings run too; capture comes before.
    equal('composed', await trial({ bubbles: true, composed: true }), 'inside,held,bubbled')
    equal('capturePhase', await trial({ bubbles: true, composed: true, capturePhase: true }), 'inside,captured,held,bubbled')
  },
  captured() {
    this.seen.push('captured')
  },
  bubbled() {
    this.seen.push('bubbled')
  },
  held() {
    this.seen.push('held')
  },
  async otherChecks() {
    const rect = (selector) => this.query(this, selector, [])
    check('multipleSlots', (await rect('#heads')) && (await rect('#feet')))
    const twoway = this.selectComponent('#twoway')
    twoway.raise()
    await tick()
    equal('model:value', this.data.number, 2)
    const living = this.selectComponent('#living')
    equal('lifetimes', living.order.slice(0, 3), ['created', 'attached', 'show'])
    check('ready', living.order.includes('ready'), living.order)
    this.setData({ alive: false })
    await tick()
    equal('detached', getApp().detached, 1)
    const [a, b, c] = this.selectAllComponents('.keyed')
    this.setData({ keyed: ['c', 'a', 'b'] })
    await tick()
    const after = this.selectAllComponents('.keyed')
    check('wx:key *this', after[0] === c && after[1] === a && after[2] === b, after.map((item) => item.dataset.key))
    for (const name of ['hasBehavior', 'getTabBar', 'getPageId', 'animate', 'clearAnimation', 'createIntersectionObserver', 'createMediaQueryObserver', 'selectAllComponents', 'getRelationNodes', 'setUpdatePerformanceListener', 'getOpenerEventChannel'])
      check(`this.${name}`, typeof a[name] === 'function' || typeof this[name] === 'function')
    equal('exitState', this.exitState, undefined)
  },
  async lateChecks() {
    // The placeholder stands in at first; the package comes by itself.
    const kind = () => {
      const found = this.selectComponent('#placed')
      return found && found.data.kind
    }
    const first = kind()
    check('placeholder', first === 'plain' || first === 'late', first)
    await require.async('../../packages/late/lib/lib')
    await tick()
    await tick()
    equal('placeholder replaced', kind(), 'late')
  },
  outerTap() {
    console.log('TAP outer')
  },
  mutTap() {
    console.log('TAP mut')
  },
  innerTap() {
    console.log('TAP inner')
  },
  captureTap() {
    console.log('TAP capture')
  },
  never() {
    console.log('TAP never')
  },
  onTabItemTap() {},
  onSaveExitState() {
    return { data: { number: this.data.number }, expireTimeStamp: Date.now() + 1000 }
  },
})
