// What this program is.
import { localized } from '../../../behaviors/localized'
import { strings } from '../../../i18n/index'

Page({
  behaviors: [localized],

  onShow() {
    wx.setNavigationBarTitle({ title: strings().about.title })
  },
})
