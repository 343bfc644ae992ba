Page({
  data: {
    current: 0,
    list: [
      { text: '对话', iconPath: '/assets/photo.png', selectedIconPath: '/assets/photo.png', dot: true },
      { text: '设置', iconPath: '/assets/photo.png', selectedIconPath: '/assets/photo.png', badge: '8' },
    ],
  },
  change({ detail }) {
    this.setData({ current: detail.index })
  },
})
