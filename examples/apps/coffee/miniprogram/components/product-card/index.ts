// A product in a list. What can be done with it is put into the slot `action`.

Component({
  options: { multipleSlots: true },
  externalClasses: ['card-class'],
  properties: {
    name: { type: String, value: '' },
    description: { type: String, value: '' },
    image: { type: String, value: '' },
    /** In fen. */
    price: { type: Number, value: 0 },
    priceSuffix: { type: String, value: '' },
    badge: { type: String, value: '' },
    badgeText: { type: String, value: '' },
    /** How many lines of the description are shown. */
    lines: { type: Number, value: 1 },
    soldOutText: { type: String, value: '' },
    /** Colours the ground of the picture, by category. */
    tone: { type: String, value: 'signature' },
  },
  data: {
    badgeColors: { color: '', text: '' },
  },
  observers: {
    badge(badge: string) {
      const colors = {
        new: { color: 'var(--accent-soft)', text: 'var(--accent)' },
        signature: { color: 'var(--lamp-soft)', text: 'var(--lamp-ink)' },
        limited: { color: 'var(--brand-soft)', text: 'var(--brand-text)' },
      }[badge]
      if (colors) this.setData({ badgeColors: colors })
    },
  },
  methods: {
    onTap() {
      if (!this.data.soldOutText) this.triggerEvent('open')
    },

    /** Keeps taps on the action from opening the product as well. */
    noop() {},
  },
})
