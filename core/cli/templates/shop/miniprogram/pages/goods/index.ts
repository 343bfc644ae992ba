import { goods } from '../../data/goods'

Page({
  data: { goods },

  open(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    wx.navigateTo({ url: `/packages/detail/pages/detail/index?id=${id}` })
  },
})
