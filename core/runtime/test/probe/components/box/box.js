Component({
  data: { own: 'box' },
  lifetimes: {
    created() {
      this.lived = ['created']
    },
    attached() {
      this.lived.push('attached')
    },
    ready() {
      this.lived.push('ready')
    },
  },
  pageLifetimes: {
    show() {
      this.lived.push('show')
    },
  },
  methods: {
    fire() {
      this.triggerEvent('click', { size: 3 })
    },
  },
})
