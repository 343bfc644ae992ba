require('../../utils/page')({
  data: { gone: '', later: '' },
  show() {
    this.setData({ later: '../../media/wide.png' })
  },
  lose() {
    this.setData({ gone: '/.lodger/hello' })
  },
})
