Page({
  data: {
    shown: '',
    groups: [{ text: '示例菜单', value: 1 }, { text: '负向菜单', type: 'warn', value: 2 }],
    buttons: [{ text: '取消' }, { text: '确定' }],
    halves: [{ type: 'default', text: '辅助操作' }, { type: 'primary', text: '主操作' }],
    images: ['/assets/photo.png', '/assets/photo.png'],
  },
  open({ currentTarget }) {
    this.setData({ shown: currentTarget.dataset.key })
  },
  close() {
    this.setData({ shown: '' })
  },
})
