Page({
  data: {
    open: ['1'],
    steps: [
      { text: '步骤一', desc: '描述' },
      { text: '步骤二', desc: '描述' },
      { text: '步骤三', desc: '描述' },
    ],
  },
  toggle({ detail }) {
    this.setData({ open: detail })
  },
})
