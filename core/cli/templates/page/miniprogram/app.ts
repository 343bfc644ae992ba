App({
  onLaunch(options) {
    console.info('launched at', options.path)
  },
})
