// Canvases, a sound and a film, for the functions that work on components. `next` gives the coming event of a name.
Page({
  ready: false,
  onLoad() {
    this.waiting = []
  },
  onReady() {
    this.ready = true
  },
  next(name) {
    return new Promise((resolve) => this.waiting.push({ name, resolve }))
  },
  onEvent({ type, target, detail }) {
    const name = `${target.id} ${type}`
    const heard = this.waiting.filter((item) => item.name === name)
    this.waiting = this.waiting.filter((item) => item.name !== name)
    for (const { resolve } of heard) resolve(detail)
  },
})
