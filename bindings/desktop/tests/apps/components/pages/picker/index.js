const cities = [
  ['Kunming', 'Dali'],
  ['Beijing', 'Tongzhou'],
]
require('../../utils/page')({
  data: { fruit: [{ name: 'Apple' }, { name: 'Pear' }, { name: 'Plum' }], columns: [['South', 'North'], cities[0]] },
  turned(event) {
    this.on(event)
    if (event.detail.column === 0) this.setData({ 'columns[1]': cities[event.detail.value] })
  },
})
