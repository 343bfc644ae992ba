// Fixed dates: the page looks the same every day.
const start = new Date(2026, 0, 1).getTime()

Page({
  data: {
    columns: [
      { values: ['浙江', '福建'], defaultIndex: 1 },
      { values: ['福州', '厦门', '莆田'] },
    ],
    start,
    now: new Date(2026, 0, 15).getTime(),
    end: new Date(2026, 0, 31).getTime(),
    areas: {
      province_list: { 110000: '北京市', 330000: '浙江省' },
      city_list: { 110100: '北京市', 330100: '杭州市' },
      county_list: { 110101: '东城区', 110102: '西城区', 330102: '上城区' },
    },
    tree: [
      { text: '浙江', children: [{ text: '杭州', id: 1 }, { text: '温州', id: 2, disabled: true }] },
      { text: '江苏', badge: 2, children: [{ text: '南京', id: 3 }] },
    ],
    cascader: false,
    chosen: '330100',
    cascade: [{ text: '浙江省', value: '330000', children: [{ text: '杭州市', value: '330100' }, { text: '宁波市', value: '330200' }] }],
  },
  open() {
    this.setData({ cascader: true })
  },
  close() {
    this.setData({ cascader: false })
  },
  finish({ detail }) {
    this.setData({ cascader: false, chosen: detail.value })
  },
})
