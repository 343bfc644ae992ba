Component({
  behaviors: [require('../base'), 'wx://component-export'],
  data: { own: true, shared: { own: 3 } },
  lifetimes: {
    created() {
      this.order.push('own')
    },
    attached() {
      this.order.push('own attached')
    },
  },
  export() {
    return { exported: this.data.own }
  },
  methods: { who: () => 'own' },
})
