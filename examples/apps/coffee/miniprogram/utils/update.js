// CommonJS, as much of what is written for WeChat: offers a new version as soon as it is there.

/**
 * @param {{ title: string, message: string, restart: string, later: string }} texts
 */
function offerUpdate(texts) {
  if (!wx.canIUse('getUpdateManager')) return
  const manager = wx.getUpdateManager()
  manager.onUpdateReady(() => {
    wx.showModal({
      title: texts.title,
      content: texts.message,
      confirmText: texts.restart,
      cancelText: texts.later,
      success: ({ confirm }) => {
        if (confirm) manager.applyUpdate()
      },
    })
  })
}

module.exports = { offerUpdate }
