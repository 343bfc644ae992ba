// A page that keeps every event it is told of in its data, where the test finds it.
module.exports = function logged(options = {}) {
  Page({
    ...options,
    data: { log: [], ...options.data },
    on(event) {
      const { id } = event.currentTarget
      this.setData({ log: this.data.log.concat({ id, type: event.type, detail: event.detail }) })
    },
  })
}
