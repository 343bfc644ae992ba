// A field of the program's own.
Component({ behaviors: ['wx://form-field'], lifetimes: {
    attached() {
      this.setData({ value: 3 })
    },
  },
})
