// A behavior under a behavior, with a filter.
const base = Behavior({
  data: { from: 'base', shared: { base: 1 } },
  lifetimes: {
    created() {
      this.order = ['base']
    },
  },
  methods: {
    who: () => 'base',
    only: () => 'only base',
  },
})

module.exports = Behavior({
  behaviors: [base],
  properties: { given: { type: String, value: 'behavior' } },
  data: { from: 'middle', shared: { middle: 2 } },
  lifetimes: {
    created() {
      this.order.push('middle')
    },
    attached() {
      this.order.push('middle attached')
    },
  },
  pageLifetimes: {
    show() {
      this.order.push('middle show')
    },
  },
  definitionFilter(fields) {
    fields.data = { ...fields.data, filtered: true }
  },
  methods: { who: () => 'middle' },
})
