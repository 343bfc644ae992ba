Page({
  data: { said: 'old code', from: '', depth: 0 },
  onLoad({ from }) { this.setData({ from, depth: getCurrentPages().length }) },
})
