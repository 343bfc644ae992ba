require('../../utils/page')({
  data: { focus: false },
  focus() {
    this.setData({ focus: true })
  },
})
