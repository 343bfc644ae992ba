Component({
  lifetimes: {
    created() {
      this.order = ['created']
    },
    attached() {
      this.order.push('attached')
    },
    ready() {
      this.order.push('ready')
    },
    moved() {
      this.order.push('moved')
    },
    detached() {
      getApp().detached = (getApp().detached || 0) + 1
    },
    error(error) {
      getApp().caught = error.message
    },
  },
  pageLifetimes: {
    show() {
      this.order.push('show')
    },
    hide() {
      this.order.push('hide')
    },
    routeDone() {
      this.order.push('routeDone')
    },
    resize() {
      this.order.push('resize')
    },
  },
})
