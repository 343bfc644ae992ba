Component({
  properties: {
    /** In cents. */
    cents: { type: Number, value: 0 },
  },
})
