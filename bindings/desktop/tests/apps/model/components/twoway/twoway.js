Component({
  properties: { value: Number },
  methods: {
    raise() {
      this.setData({ value: this.data.value + 1 })
    },
  },
})
