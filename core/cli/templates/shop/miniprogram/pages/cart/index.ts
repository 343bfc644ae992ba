import { addToCart, cartLines, type CartLine } from '../../data/cart'

Page({
  data: {
    lines: [] as CartLine[],
    total: 0,
  },

  onShow() {
    this.refresh()
  },

  refresh() {
    const lines = cartLines()
    this.setData({ lines, total: lines.reduce((sum, line) => sum + line.price, 0) })
  },

  change(event: WechatMiniprogram.TouchEvent) {
    const { id, by } = event.currentTarget.dataset as { id: string; by: number }
    addToCart(id, Number(by))
    this.refresh()
  },
})
