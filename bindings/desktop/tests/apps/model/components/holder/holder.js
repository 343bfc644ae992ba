Component({
  lifetimes: {
    created() {
      this.seen = []
    },
  },
  methods: {
    inside() {
      this.seen.push('inside')
    },
    go(options) {
      this.selectComponent('#sender').send(options)
    },
  },
})
