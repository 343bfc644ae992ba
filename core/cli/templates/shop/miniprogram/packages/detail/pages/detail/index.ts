import { addToCart } from '../../../../data/cart'
import { findGood, type Good } from '../../../../data/goods'

Page({
  data: {
    good: null as Good | null,
  },

  onLoad(query) {
    this.setData({ good: findGood(query.id ?? '') ?? null })
  },

  add() {
    const { good } = this.data
    if (!good) return
    addToCart(good.id, 1)
    wx.showToast({ title: 'In your cart' })
  },
})
