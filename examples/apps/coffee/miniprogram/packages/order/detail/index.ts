// One order: its state, its lines, and what can still be done with it.
import Dialog from '@vant/weapp/dialog/dialog'
import { localized } from '../../../behaviors/localized'
import type { Order } from '../../../domain/order'
import { strings } from '../../../i18n/index'
import { follow } from '../../../store/follow'
import { findOrder, orderAgain, orders, setOrderState } from '../../../store/orders'

Page({
  behaviors: [localized],

  data: {
    order: null as Order | null,
  },

  onLoad(query: Record<string, string | undefined>) {
    follow(this, orders, () => this.setData({ order: findOrder(query['id']) ?? null }))
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().detail.title })
  },

  onCancel() {
    const { order } = this.data
    if (!order) return
    const { detail } = strings()
    Dialog.confirm({
      title: detail.cancelTitle,
      message: detail.cancelMessage,
      confirmButtonText: detail.cancel,
      cancelButtonText: detail.keep,
    })
      .then(() => setOrderState(order.id, 'cancelled'))
      .catch(() => {
        // Kept.
      })
  },

  onAgain() {
    const { order } = this.data
    if (!order) return
    const missing = orderAgain(order)
    wx.navigateTo({
      url: '/pages/cart/index',
      success: () => {
        if (missing > 0) wx.showToast({ title: strings().detail.someMissing, icon: 'none' })
      },
    })
  },

  onMenu() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
