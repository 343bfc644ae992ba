Page({
  data: {
    segments: [{ label: '选项一', value: 'a' }, { label: '选项二', value: 'b' }],
    tab: '0',
    badge: { count: 2 },
    letters: ['A', 'B', 'C'],
    place: 'home',
    top: 0,
  },
  onPageScroll({ scrollTop }) {
    this.setData({ top: scrollTop })
  },
  change({ detail }) {
    this.setData({ tab: detail.value })
  },
  go({ detail }) {
    this.setData({ place: detail.value })
  },
})
