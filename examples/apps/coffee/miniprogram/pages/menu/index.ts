// The menu: the store, what is new, and everything there is to order.
import Toast from '@vant/weapp/toast/toast'
import { localized } from '../../behaviors/localized'
import { categories, findProduct, type Product } from '../../domain/catalog'
import type { Language } from '../../domain/language'
import type { Serving } from '../../domain/order'
import { defaultSelection, groupsOf, lineKey } from '../../domain/pricing'
import { language, showTabTexts, strings } from '../../i18n/index'
import { addToCart, cart, maxQuantity, quantityOf, setQuantity, type Cart } from '../../store/cart'
import { follow } from '../../store/follow'
import { arrive, setServing, visit } from '../../store/visit'

interface ProductView {
  id: string
  name: string
  description: string
  image: string
  price: number
  /** The price is that of the smallest choice. */
  from: boolean
  badge: string
  soldOut: boolean
  hasOptions: boolean
  quantity: number
}

interface SectionView {
  id: string
  name: string
  short: string
  products: ProductView[]
}

interface ProductEvent {
  currentTarget: { dataset: { id: string } }
}

const bannerProducts = ['osmanthus-oat-latte', 'croissant', 'grapefruit-americano']

function productView(product: Product, lang: Language, value: Cart): ProductView {
  return {
    id: product.id,
    name: product.name[lang],
    description: product.description[lang],
    image: product.image,
    price: product.price,
    from: groupsOf(product).some((group) => !group.multiple && group.choices.some((choice) => choice.surcharge > 0)),
    badge: product.badge ?? '',
    soldOut: product.soldOut ?? false,
    hasOptions: product.options.length > 0,
    quantity: quantityOf(value, product.id),
  }
}

function sectionViews(lang: Language, value: Cart): SectionView[] {
  return categories.map((category) => ({
    id: category.id,
    name: category.name[lang],
    short: category.short[lang],
    products: category.products.map((product) => productView(product, lang, value)),
  }))
}

function bannerViews(): { productId: string; image: string; title: string; text: string }[] {
  const { banners } = strings().menu
  return bannerProducts.flatMap((productId, index) => {
    const banner = banners[index]
    const product = findProduct(productId)
    return banner && product ? [{ ...banner, productId, image: product.image }] : []
  })
}

Page({
  behaviors: [localized],

  data: {
    sections: [] as SectionView[],
    banners: bannerViews(),
    serving: visit.value.serving as Serving,
    table: '',
    maxQuantity,
    activeSection: 0,
    scrollInto: '',
    sheetShown: false,
    sheetProductId: '',
  },

  /** Offsets of the sections in the list, measured when they are laid out. */
  sectionTops: [] as number[],
  listHeight: 0,
  /** A tap on the sidebar scrolls by itself; until it has arrived, scrolling must not move the sidebar. */
  scrollingTo: -1,

  onLoad(query: Record<string, string | undefined>) {
    arrive(query)
    follow(this, visit, ({ serving, table = '' }) => this.setData({ serving, table }))
    follow(this, cart, (value) => this.setData({ sections: sectionViews(language.value, value) }))
    follow(this, language, (lang) => {
      this.setData({ sections: sectionViews(lang, cart.value), banners: bannerViews() }, () => this.measure())
    })
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().menu.title })
    showTabTexts()
  },

  onReady() {
    this.measure()
  },

  onShareAppMessage() {
    return { title: strings().share, path: '/pages/menu/index' }
  },

  measure() {
    wx.createSelectorQuery()
      .select('.list')
      .fields({ rect: true, size: true, scrollOffset: true })
      .selectAll('.section')
      .boundingClientRect()
      .exec(([list, sections]) => {
        if (!list || !Array.isArray(sections)) return
        this.listHeight = list.height
        this.sectionTops = sections.map((section: { top: number }) => section.top - list.top + list.scrollTop)
      })
  },

  onSection(event: { detail: number }) {
    const section = this.data.sections[event.detail]
    if (!section) return
    this.scrollingTo = event.detail
    this.setData({ activeSection: event.detail, scrollInto: `section-${section.id}` })
  },

  onScroll(event: { detail: { scrollTop: number; scrollHeight: number } }) {
    const { scrollTop, scrollHeight } = event.detail
    // The last section is too short to reach the top of the list.
    const atEnd = scrollTop + this.listHeight >= scrollHeight - 2
    if (this.scrollingTo >= 0) {
      const target = this.sectionTops[this.scrollingTo] ?? 0
      if (atEnd || Math.abs(target - scrollTop) < 2) this.scrollingTo = -1
      return
    }
    const below = this.sectionTops.findIndex((top) => top > scrollTop + 8)
    const active = atEnd || below === -1 ? this.sectionTops.length - 1 : Math.max(0, below - 1)
    if (active !== this.data.activeSection) this.setData({ activeSection: active })
  },

  /** A finger on the list takes over from the sidebar. */
  onListTouch() {
    this.scrollingTo = -1
    // So that the same section can be asked for again.
    if (this.data.scrollInto) this.setData({ scrollInto: '' })
  },

  onServing(event: { currentTarget: { dataset: { serving: Serving } } }) {
    setServing(event.currentTarget.dataset.serving)
  },

  onProduct(event: ProductEvent) {
    this.setData({ sheetShown: true, sheetProductId: event.currentTarget.dataset.id })
  },

  onSheetClose() {
    this.setData({ sheetShown: false })
  },

  onAdded() {
    Toast.success(strings().menu.added)
  },

  onQuickAdd(event: ProductEvent) {
    const product = findProduct(event.currentTarget.dataset.id)
    if (product) addToCart(product, defaultSelection(product), 1)
  },

  /** Only products without choices have a stepper, so there is one line at most. */
  onQuickQuantity(event: ProductEvent & { detail: number }) {
    const product = findProduct(event.currentTarget.dataset.id)
    if (product) setQuantity(lineKey(product, defaultSelection(product)), event.detail)
  },

  onStore() {
    wx.navigateTo({ url: '/pages/store/index' })
  },

  onCart() {
    wx.navigateTo({ url: '/pages/cart/index' })
  },
})
