import Message from 'tdesign-miniprogram/message/index'
import Toast from 'tdesign-miniprogram/toast/index'

Page({
  data: {
    shown: '',
    step: -1,
    popover: false,
    refreshing: false,
    actions: [{ label: '选项一' }, { label: '选项二', disabled: true }, '选项三'],
    menus: [{ title: '菜单一' }, { title: '菜单二' }],
    images: ['/assets/photo.png', '/assets/photo.png'],
    kinds: [{ label: '全部', value: 'all' }, { label: '新品', value: 'new' }],
    orders: [{ label: '默认', value: 'a' }, { label: '价格', value: 'b' }],
    swipes: [{ text: '删除', className: 'remove', style: 'background: #e34d59; color: #fff; width: 60px; display: flex; align-items: center; justify-content: center;' }],
    steps: [{ element: () => new Promise((resolve) => wx.createSelectorQuery().select('#guide').boundingClientRect(resolve).exec()), title: '引导', body: '从这里开始', placement: 'bottom' }],
  },
  open({ currentTarget }) {
    this.setData({ shown: currentTarget.dataset.key })
  },
  close() {
    this.setData({ shown: '' })
  },
  guide() {
    this.setData({ step: 0 })
  },
  unguide() {
    this.setData({ step: -1 })
  },
  toast() {
    Toast({ context: this, selector: '#t-toast', message: '轻提示文字内容' })
  },
  message() {
    Message.info({ context: this, offset: [20, 32], content: '这是一条普通通知信息', duration: 3000 })
  },
  popover() {
    this.setData({ popover: !this.data.popover })
  },
  refresh() {
    this.setData({ refreshing: true })
    wx.nextTick(() => this.setData({ refreshing: false }))
  },
})
