Page({
  data: {
    error: '',
    form: { radio: '1', name: '' },
    rules: [{ name: 'name', rules: { required: true, message: '姓名是必填项' } }],
    radios: [
      { name: '第一项', value: '1', checked: true },
      { name: '第二项', value: '2' },
    ],
    files: [{ url: '/assets/photo.png' }],
  },
  onLoad() {
    this.setData({ search: this.search.bind(this) })
  },
  search: (word) => Promise.resolve([{ text: `${word} 一`, value: 1 }]),
  radio() {},
  name({ detail }) {
    this.setData({ 'form.name': detail.value })
  },
  shown() {
    this.setData({ error: '' })
  },
  submit() {
    this.selectComponent('#form').validate((valid, errors) => {
      if (!valid) this.setData({ error: errors[0].message })
    })
  },
})
