Page({
  data: { count: 1 },

  more(): void {
    const count: number = this.data.count +
    this.setData({ count }
  },
})
