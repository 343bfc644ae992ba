Page({
  data: { src: '' },
  onLoad({ src }) {
    this.setData({ src: decodeURIComponent(src) })
  },
  onUnload() {
    console.info('web unload')
  },
  told({ type, detail }) {
    console.info(`web ${type} ${JSON.stringify(detail)}`)
  },
})
