const { log } = getApp()
Page({
  onLoad(query) {
    log.push(`second.onLoad ${query.x}`)
    const channel = this.getOpenerEventChannel()
    channel.on('hello', (value) => channel.emit('reply', `hello ${value}`))
  },
  onShow: () => log.push('second.onShow'),
  onHide: () => log.push('second.onHide'),
  onUnload: () => log.push('second.onUnload'),
})
