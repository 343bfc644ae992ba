require('../../utils/page')({
  data: { current: 0, items: ['x', 'y', 'z'], id: '', autoplay: false },
  second() {
    this.setData({ current: 2 })
  },
  add() {
    this.setData({ items: this.data.items.concat('w') })
  },
  remove() {
    this.setData({ items: ['x', 'y', 'z'] })
  },
  toC() {
    this.setData({ id: 'b' })
  },
  auto() {
    this.setData({ autoplay: true })
  },
})
