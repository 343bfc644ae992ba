const day = (n) => new Date(2026, 0, n).getTime()

Page({
  data: {
    city: ['sz', 'spring'],
    cities: [{ label: '深圳', value: 'sz' }, { label: '北京', value: 'bj' }, { label: '上海', value: 'sh' }],
    seasons: [{ label: '春', value: 'spring' }, { label: '夏', value: 'summer' }],
    start: day(1),
    now: day(15),
    end: day(31),
    chosen: ['fruit', 'apple'],
    tree: [
      { label: '水果', value: 'fruit', children: [{ label: '苹果', value: 'apple' }, { label: '梨', value: 'pear' }] },
      { label: '蔬菜', value: 'vegetable', children: [{ label: '白菜', value: 'cabbage' }] },
    ],
    cascader: false,
    note: '请选择',
    place: '',
    places: [{ label: '浙江省', value: '33', children: [{ label: '杭州市', value: '3301' }, { label: '宁波市', value: '3302' }] }],
  },
  open() {
    this.setData({ cascader: true })
  },
  close() {
    this.setData({ cascader: false })
  },
  change({ detail }) {
    this.setData({ place: detail.value, note: detail.selectedOptions.map((option) => option.label).join('/') })
  },
})
