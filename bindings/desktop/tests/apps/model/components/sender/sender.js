Component({
  methods: {
    send(options) {
      this.triggerEvent('note', { options }, options)
    },
  },
})
