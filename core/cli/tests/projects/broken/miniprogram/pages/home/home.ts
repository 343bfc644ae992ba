import { config } from '../../config'
import { yuan } from '../../utils/money'

Page({
  data: {
    greeting: `${config.shop}: coffee for ${yuan(1800)}`,
  },

  order() {
    wx.navigateTo({ url: '/pages/order/order' })
  },
})
