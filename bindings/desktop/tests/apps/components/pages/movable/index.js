require('../../utils/page')({
  data: { y: 20, scale: 1 },
  down() {
    this.setData({ y: 0 })
  },
  grow() {
    this.setData({ scale: 3 })
  },
})
