App({
  onLaunch({ scene, query, referrerInfo }) {
    console.info('launched', JSON.stringify({ scene, query, referrerInfo }))
    wx.onThemeChange(({ theme }) => console.info('theme', theme))
    wx.onNetworkStatusChange(({ isConnected, networkType }) => console.info('network', isConnected, networkType))
  },
})
