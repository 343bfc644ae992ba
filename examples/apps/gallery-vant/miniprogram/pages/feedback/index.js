import Dialog from '@vant/weapp/dialog/dialog'
import Notify from '@vant/weapp/notify/notify'
import Toast from '@vant/weapp/toast/toast'

Page({
  data: {
    shown: '',
    actions: [{ name: '选项一' }, { name: '选项二', subname: '描述', color: '#07c160' }, { name: '禁用', disabled: true }, { loading: true }],
    options: [{ name: '微信', icon: '/assets/photo.png', openType: 'share' }, { name: '链接', icon: '/assets/photo.png', description: '描述' }],
    kinds: [{ text: '全部商品', value: 0 }, { text: '新款商品', value: 1 }],
    orders: [{ text: '默认排序', value: 'a' }, { text: '好评排序', value: 'b' }],
  },
  open({ currentTarget }) {
    this.setData({ shown: currentTarget.dataset.key })
  },
  close() {
    this.setData({ shown: '' })
  },
  nothing() {},
  dialog() {
    Dialog.alert({ title: '标题', message: '弹窗内容' }).catch(() => {})
  },
  toast() {
    Toast.success('成功')
  },
  notify() {
    Notify({ type: 'primary', message: '通知内容' })
  },
})
