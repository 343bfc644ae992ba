// The cart: change how many, take away, leave a note.
import Dialog from '@vant/weapp/dialog/dialog'
import { localized } from '../../behaviors/localized'
import { categories, findProduct } from '../../domain/catalog'
import type { Language } from '../../domain/language'
import { describe } from '../../domain/pricing'
import { language, strings } from '../../i18n/index'
import { cart, clearCart, countOf, maxQuantity, priceOf, setNote, setQuantity, totalOf, type Cart } from '../../store/cart'
import { follow } from '../../store/follow'

interface LineView {
  key: string
  name: string
  choices: string
  image: string
  tone: string
  price: number
  quantity: number
}

interface LineEvent {
  currentTarget: { dataset: { key: string } }
}

function lineViews(value: Cart, lang: Language): LineView[] {
  return value.lines.flatMap((line) => {
    const product = findProduct(line.productId)
    if (!product) return []
    return [
      {
        key: line.key,
        name: product.name[lang],
        choices: describe(product, line.selection, lang),
        image: product.image,
        tone: categories.find((category) => category.products.includes(product))?.id ?? '',
        price: priceOf(line),
        quantity: line.quantity,
      },
    ]
  })
}

Page({
  behaviors: [localized],

  data: {
    lines: [] as LineView[],
    note: cart.value.note,
    count: 0,
    total: 0,
    maxQuantity,
  },

  onLoad() {
    follow(this, language, () => this.present(cart.value))
    follow(this, cart, (value) => this.present(value))
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().cart.title })
  },

  present(value: Cart) {
    this.setData({
      lines: lineViews(value, language.value),
      note: value.note,
      count: countOf(value),
      total: totalOf(value),
    })
  },

  onQuantity(event: LineEvent & { detail: number }) {
    setQuantity(event.currentTarget.dataset.key, event.detail)
  },

  onRemove(event: LineEvent) {
    setQuantity(event.currentTarget.dataset.key, 0)
  },

  onClear() {
    const { cart: texts, common } = strings()
    Dialog.confirm({
      title: texts.clearTitle,
      message: texts.clearMessage,
      confirmButtonText: texts.clear,
      cancelButtonText: common.cancel,
    })
      .then(() => clearCart())
      .catch(() => {
        // Cancelled: the cart stays as it is.
      })
  },

  onNote(event: { detail: string }) {
    setNote(event.detail)
  },

  onCheckout() {
    wx.navigateTo({ url: '/pages/checkout/index' })
  },

  onMenu() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
