import { check, equal, tick } from '../../check'

Page({
  data: { colour: '#ff0000', title: 'After', loading: false, top: '', locked: false },
  onReady() {
    this.run().catch((error) => check('meta', false, String(error.stack || error))).finally(() => console.log('META'))
  },
  async run() {
    const [{ color, fontSize }, { width }] = await this.look()
    equal('page-style', color, 'rgb(1, 2, 3)')
    equal('page-font-size', fontSize, '20px')
    equal('root-font-size', width, 20)
    const done = new Promise((resolve) => (this.finished = resolve))
    this.scrolling = new Promise((resolve) => (this.last = resolve))
    this.setData({ top: '250px', title: 'Later' })
    await done
    const [, , { scrollTop }] = await this.look()
    equal('scroll-top', scrollTop, 250)
    equal('bind:scroll', await this.scrolling, 250)
    await tick()
    // preloadRule brings the package by itself: then a plain require finds its module.
    const path = '../../packages/late/lib/lib'
    const preloaded = async () => {
      try {
        return require(path).name
      } catch {
        // Not nextTick: a script arrives between tasks.
        await new Promise((resolve) => setTimeout(resolve))
        return preloaded()
      }
    }
    equal('preloadRule', await preloaded(), 'late')
  },
  look() {
    return new Promise((resolve) =>
      wx
        .createSelectorQuery()
        .select('#text')
        .fields({ computedStyle: ['color', 'fontSize'] })
        .select('#text')
        .boundingClientRect()
        .selectViewport()
        .scrollOffset()
        .exec(resolve),
    )
  },
  scrolled({ detail }) {
    if (detail.scrollTop === 250) this.last(250)
  },
  done() {
    this.finished()
  },
  resized() {},
})
