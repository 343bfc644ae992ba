Page({
  data: {
    badge: { count: 3 },
    open: [0],
    links: [{ name: '底部链接', url: '' }],
    images: ['/assets/photo.png', '/assets/photo.png'],
    dots: { type: 'dots-bar' },
    columns: [{ title: '名称', colKey: 'name' }, { title: '价格', colKey: 'price', align: 'right' }],
    rows: [{ id: 1, name: '拿铁', price: '28.00' }, { id: 2, name: '美式', price: '22.00' }],
    mark: { text: 'Lodger' },
  },
  toggle({ detail }) {
    this.setData({ open: detail.value })
  },
})
