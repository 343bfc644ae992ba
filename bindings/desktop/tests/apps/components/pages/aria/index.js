require('../../utils/page')({
  data: { checked: false },
  turn() {
    this.setData({ checked: !this.data.checked })
  },
})
