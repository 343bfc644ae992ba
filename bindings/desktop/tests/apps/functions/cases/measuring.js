// Selector queries and observers.
const { assert, unlike, until } = require('../lib/runner.js')

const rect = {
  left: 'Number',
  top: 'Number',
  right: 'Number',
  bottom: 'Number',
  width: 'Number',
  height: 'Number',
}
const exec = (query) => new Promise((resolve) => query.exec(resolve))
const like = (value, wanted) => {
  const why = unlike(value, wanted)
  assert(!why, why)
}

module.exports = [
  {
    api: 'createSelectorQuery',
    name: 'boundingClientRect',
    async check() {
      const query = wx.createSelectorQuery()
      let called
      query.select('#top').boundingClientRect((box) => (called = box))
      query.selectAll('.item').boundingClientRect()
      query.select('#none').boundingClientRect()
      query.selectViewport().boundingClientRect()
      const [top, items, none, viewport] = await exec(query)
      like(top, {
        id: (id) => id === 'top',
        dataset: { kind: (kind) => kind === 'a' },
        ...rect,
        width: 100,
        height: 50,
      })
      assert(called === top, 'the callback got something else')
      assert(items.length === 2 && items[1].height === 20, 'not all items', items)
      assert(none === null, 'something for nothing', none)
      like(viewport, rect)
    },
  },
  {
    api: 'createSelectorQuery',
    name: 'fields and scrollOffset',
    async check(t) {
      const query = wx.createSelectorQuery().in(t.page())
      query.select('#scroll').scrollOffset()
      query.select('#scroll').fields({
        id: true,
        dataset: true,
        rect: true,
        size: true,
        scrollOffset: true,
        mark: true,
        properties: ['scrollY'],
        computedStyle: ['height', 'backgroundColor'],
      })
      query.selectViewport().scrollOffset()
      const [offset, fields, viewport] = await exec(query)
      like(offset, {
        id: 'String',
        dataset: 'Object',
        scrollTop: 0,
        scrollLeft: 0,
        scrollHeight: 300,
        scrollWidth: 'Number',
      })
      like(fields, {
        id: 'String',
        dataset: 'Object',
        ...rect,
        scrollTop: 0,
        mark: 'Object',
        scrollY: true,
        height: (height) => height === '60px' || height === 60,
        backgroundColor: 'String',
      })
      like(viewport, { scrollHeight: (height) => height > 2000, scrollTop: 'Number' })
    },
  },
  {
    api: 'createSelectorQuery',
    name: 'node and context',
    async check() {
      const query = wx.createSelectorQuery()
      query.select('#canvas').node()
      query.select('#top').context()
      const [canvas] = await exec(query)
      assert(canvas.node && typeof canvas.node.getContext === 'function', 'no canvas', canvas)
    },
  },
  {
    api: 'createIntersectionObserver',
    async check(t) {
      const seen = []
      const observer = wx.createIntersectionObserver(t.page(), { thresholds: [0, 0.5, 1], observeAll: true })
      observer.relativeToViewport({ bottom: 0 }).observe('.item', (entry) => seen.push(entry))
      await until(() => seen.length === 2, 'the first report of both')
      like(seen[0], {
        id: 'String',
        dataset: 'Object',
        intersectionRatio: 1,
        intersectionRect: rect,
        boundingClientRect: rect,
        relativeRect: rect,
        time: 'Number',
      })
      observer.disconnect()
    },
  },
  {
    api: 'createIntersectionObserver',
    name: 'a node comes into view, and not after disconnect',
    async check(t) {
      const seen = []
      const observer = wx.createIntersectionObserver(t.page())
      observer.relativeToViewport().observe('#far', ({ intersectionRatio }) => seen.push(intersectionRatio))
      await wx.pageScrollTo({ selector: '#far', duration: 0 })
      await until(() => seen.some((ratio) => ratio > 0), 'the report')
      observer.disconnect()
      const before = seen.length
      await wx.pageScrollTo({ scrollTop: 0, duration: 0 })
      await exec(wx.createSelectorQuery().selectViewport().scrollOffset())
      assert(seen.length === before, 'told after disconnect', seen)
    },
  },
  {
    api: 'createMediaQueryObserver',
    async check() {
      const seen = []
      const observer = wx.createMediaQueryObserver()
      observer.observe({ minWidth: 1 }, ({ matches }) => seen.push(matches))
      observer.observe({ minWidth: 9000 }, ({ matches }) => seen.push(matches))
      await until(() => seen.length === 2, 'both answers')
      assert(seen.join() === 'true,false', 'wrong', seen)
      observer.disconnect()
    },
  },
]
