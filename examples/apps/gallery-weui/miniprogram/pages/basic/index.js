Page({
  data: {
    buttons: [{ text: '普通' }, { text: '警示', type: 'warn' }],
    grids: [
      { imgUrl: '/assets/photo.png', url: '/pages/form/index', text: '表单' },
      { imgUrl: '/assets/photo.png', url: '/pages/feedback/index', text: '反馈' },
    ],
  },
  remove() {},
})
