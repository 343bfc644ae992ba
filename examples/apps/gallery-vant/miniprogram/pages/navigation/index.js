Page({
  data: { tab: 1, place: 0, letters: ['A', 'B', 'C'] },
  change({ detail }) {
    this.setData({ tab: detail.index })
  },
  go({ detail }) {
    this.setData({ place: detail })
  },
})
