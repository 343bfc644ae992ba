require('../../utils/page')({
  data: { top: 0, left: 0, into: '', triggered: false, said: '' },
  into() {
    this.setData({ into: 'row10' })
  },
  top() {
    this.setData({ top: 100 })
  },
  left() {
    this.setData({ left: 750 })
  },
  refresh(event) {
    this.setData({ triggered: true })
    this.on(event)
  },
  done() {
    this.setData({ triggered: false })
  },
  context() {
    wx.createSelectorQuery()
      .select('#down')
      .node(({ node }) => {
        this.setData({ said: `scrollEnabled ${node.scrollEnabled}` })
        node.scrollTo({ top: 20, animated: false })
        node.scrollIntoView('#row5', { animated: false })
        node.scrollEnabled = false
      })
      .exec()
  },
})
