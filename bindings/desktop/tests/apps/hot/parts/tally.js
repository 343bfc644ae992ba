Component({
  properties: { start: Number },
  data: { taps: 0 },
  methods: { tap() { this.setData({ taps: this.data.taps + 1 }) } },
})
