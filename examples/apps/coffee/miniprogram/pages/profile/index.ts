// The guest: language, appearance, and the way to the store and to what this program is.
import { localized } from '../../behaviors/localized'
import type { Language } from '../../domain/language'
import { language, showTabTexts, strings } from '../../i18n/index'
import { follow } from '../../store/follow'
import { orders } from '../../store/orders'

type Theme = 'light' | 'dark'

function currentTheme(): Theme {
  return wx.getAppBaseInfo().theme === 'dark' ? 'dark' : 'light'
}

function currentVersion(): string {
  return wx.getAccountInfoSync().miniProgram.version || '1.0.0'
}

Page({
  behaviors: [localized],

  data: {
    placed: 0,
    items: 0,
    unpaid: 0,
    theme: currentTheme(),
    version: currentVersion(),
  },

  /** Kept to be taken away again. */
  themeListener: undefined as (() => void) | undefined,

  onLoad() {
    follow(this, orders, (value) => {
      this.setData({
        placed: value.length,
        items: value.reduce((sum, order) => order.lines.reduce((count, line) => count + line.quantity, sum), 0),
        unpaid: value.filter((order) => order.state === 'unpaid').length,
      })
    })
    this.themeListener = () => this.setData({ theme: currentTheme() })
    wx.onThemeChange(this.themeListener)
  },

  onUnload() {
    if (this.themeListener) wx.offThemeChange(this.themeListener)
  },

  onShow() {
    this.setData({ theme: currentTheme() })
    this.showTexts()
  },

  showTexts() {
    wx.setNavigationBarTitle({ title: strings().profile.title })
    showTabTexts()
  },

  onLanguage(event: { detail: Language }) {
    language.set(event.detail)
    this.showTexts()
  },

  onOrders() {
    wx.switchTab({ url: '/pages/orders/index' })
  },

  onStore() {
    wx.navigateTo({ url: '/pages/store/index' })
  },

  onAbout() {
    wx.navigateTo({ url: '/packages/order/about/index' })
  },
})
