Page({
  onLoad({ from }) {
    console.info('second from', from)
  },
})
