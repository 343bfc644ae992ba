App({
  onLaunch(options) {
    console.info('launched', options.path, JSON.stringify(options.query))
  },
})
