const long = '咖啡豆来自云南的山里,烘焙师每天清晨开始工作。'.repeat(12)
require('../../utils/page')({
  data: { lines: 2, long },
  more() {
    this.setData({ lines: 4 })
  },
})
