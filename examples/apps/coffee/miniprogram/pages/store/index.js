// The store. CommonJS and JavaScript, as older pages of a program often are.
const { localized } = require('../../behaviors/localized')
const { fill } = require('../../domain/language')
const { strings } = require('../../i18n/index')

Page({
  behaviors: [localized],

  onShow() {
    wx.setNavigationBarTitle({ title: strings().store.title })
  },

  onShareAppMessage() {
    return { title: strings().store.name, path: '/pages/store/index' }
  },

  onCall() {
    const { phoneValue, callFailed } = strings().store
    const tell = () => wx.showToast({ title: fill(callFailed, { phone: phoneValue }), icon: 'none' })
    if (!wx.canIUse('makePhoneCall')) {
      tell()
      return
    }
    wx.makePhoneCall({
      phoneNumber: phoneValue,
      fail: ({ errMsg }) => {
        if (!errMsg.includes('cancel')) tell()
      },
    })
  },

  onOrder() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
