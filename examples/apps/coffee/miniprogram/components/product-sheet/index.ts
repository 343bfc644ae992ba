// The sheet that rises from below: how would you like this product, and how many?
import { localized } from '../../behaviors/localized'
import { categories, findProduct, type OptionGroupId } from '../../domain/catalog'
import type { Language } from '../../domain/language'
import { choose, defaultSelection, groupsOf, unitPrice, type Selection } from '../../domain/pricing'
import { language } from '../../i18n/index'
import { addToCart, maxQuantity } from '../../store/cart'

interface GroupView {
  id: OptionGroupId
  name: string
  multiple: boolean
  choices: { id: string; name: string; surcharge: number; chosen: boolean }[]
}

interface ChooseEvent {
  currentTarget: { dataset: { group: OptionGroupId; choice: string } }
}

function groupViews(productId: string, selection: Selection, lang: Language): GroupView[] {
  const product = findProduct(productId)
  if (!product) return []
  return groupsOf(product).map((group) => ({
    id: group.id,
    name: group.name[lang],
    multiple: group.multiple,
    choices: group.choices.map((choice) => ({
      id: choice.id,
      name: choice.name[lang],
      surcharge: choice.surcharge,
      chosen: selection[group.id]?.includes(choice.id) ?? false,
    })),
  }))
}

Component({
  behaviors: [localized],
  properties: {
    show: { type: Boolean, value: false },
    productId: { type: String, value: '' },
  },
  data: {
    name: '',
    description: '',
    image: '',
    tone: 'signature',
    selection: {} as Selection,
    groups: [] as GroupView[],
    quantity: 1,
    maxQuantity,
    total: 0,
  },
  observers: {
    // Opening starts afresh, also for the same product again.
    'show, productId'(show: boolean, productId: string) {
      const product = findProduct(productId)
      if (show && product) this.present({ selection: defaultSelection(product), quantity: 1 })
    },
    lang() {
      if (this.data.show) this.present({})
    },
  },
  methods: {
    present(change: { selection?: Selection; quantity?: number }) {
      const product = findProduct(this.data.productId)
      if (!product) return
      const { selection, quantity } = { selection: this.data.selection, quantity: this.data.quantity, ...change }
      const lang = language.value
      this.setData({
        name: product.name[lang],
        description: product.description[lang],
        image: product.image,
        tone: categories.find((category) => category.products.includes(product))?.id ?? 'signature',
        selection,
        quantity,
        groups: groupViews(product.id, selection, lang),
        total: unitPrice(product, selection) * quantity,
      })
    },

    onChoose(event: ChooseEvent) {
      const product = findProduct(this.data.productId)
      if (!product) return
      const { group, choice } = event.currentTarget.dataset
      this.present({ selection: choose(product, this.data.selection, group, choice) })
    },

    onQuantity(event: { detail: number }) {
      this.present({ quantity: event.detail })
    },

    onAdd() {
      const product = findProduct(this.data.productId)
      if (!product) return
      addToCart(product, this.data.selection, this.data.quantity)
      this.triggerEvent('added', { productId: product.id })
      this.onClose()
    },

    onClose() {
      this.triggerEvent('close')
    },
  },
})
