// After placing an order: its number, and what happens next.
import { localized } from '../../behaviors/localized'
import type { Order } from '../../domain/order'
import { strings } from '../../i18n/index'
import { findOrder } from '../../store/orders'

Page({
  behaviors: [localized],

  data: {
    order: null as Order | null,
  },

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ order: findOrder(query['id']) ?? null })
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().result.title })
  },

  onDetail() {
    if (this.data.order) wx.redirectTo({ url: `/packages/order/detail/index?id=${this.data.order.id}` })
  },

  onMenu() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
