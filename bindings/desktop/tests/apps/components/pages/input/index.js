require('../../utils/page')({
  data: { name: '', typed: '', focus: false },
  upper(event) {
    const value = event.detail.value.toUpperCase()
    this.setData({ typed: value })
    return value
  },
  focus() {
    this.setData({ focus: true })
  },
})
