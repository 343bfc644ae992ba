// An amount of money: small sign, large yuan, small fen.

Component({
  externalClasses: ['amount-class'],
  properties: {
    /** In fen. */
    amount: { type: Number, value: 0 },
    size: { type: String, value: 'medium' },
    /** Set behind the amount, smaller, e.g. "起". */
    suffix: { type: String, value: '' },
  },
  data: {
    whole: '0',
    rest: '',
  },
  observers: {
    amount(fen: number) {
      const rest = fen % 100
      this.setData({
        whole: String(Math.floor(fen / 100)),
        rest: rest === 0 ? '' : '.' + String(rest).padStart(2, '0').replace(/0$/, ''),
      })
    },
  },
})
