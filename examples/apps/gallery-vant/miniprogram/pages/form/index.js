Page({
  data: {
    name: '小明',
    password: '123',
    word: '',
    agreed: true,
    fruits: ['apple'],
    city: 'sz',
    stars: 3.5,
    volume: 40,
    pieces: 2,
    on: true,
    files: [{ url: '/assets/photo.png', name: '图片', isImage: true }],
  },
  set({ currentTarget, detail }) {
    this.setData({ [currentTarget.dataset.key]: detail })
  },
  added({ detail }) {
    this.setData({ files: [...this.data.files, { url: detail.file.url, isImage: true }] })
  },
})
