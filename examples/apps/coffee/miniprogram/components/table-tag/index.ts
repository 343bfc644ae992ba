// The inn's key tag: a label over a number, for tables and order numbers.

Component({
  externalClasses: ['tag-class'],
  properties: {
    label: { type: String, value: '' },
    number: { type: String, value: '' },
    size: { type: String, value: 'small' },
  },
})
