Page({
  data: {
    form: { name: '小明', password: '123' },
    rules: { name: [{ required: true, message: '不能为空' }], password: [{ min: 6, message: '至少六位' }] },
    word: '',
    agreed: true,
    fruits: ['apple'],
    options: [
      { value: 'apple', label: '苹果' },
      { value: 'pear', label: '梨' },
      { label: '全选', checkAll: true },
    ],
    city: 'sz',
    stars: 3.5,
    pieces: 2,
    on: true,
    volume: 40,
    span: [20, 60],
    media: ['image'],
    files: [{ url: '/assets/photo.png', name: 'photo.png', type: 'image' }],
  },
  set({ currentTarget, detail }) {
    this.setData({ [currentTarget.dataset.key]: detail.value })
  },
  choose({ currentTarget, detail }) {
    this.setData({ [currentTarget.dataset.key]: detail.checked })
  },
  submit() {},
})
