const tiny = require('tiny')

Page({
  data: { items: [] as { id: string; price: number }[], value: '' },
  async onLoad() {
    const { load } = await require.async('../../order/list/load.js')
    this.setData({ items: load(tiny.limit) })
  },
  pick(event: WechatMiniprogram.TouchEvent) {
    this.setData({ value: event.currentTarget.dataset.id ?? '' })
  },
})
