// Checkout: where the order goes, and the order as it will be placed. It is placed unpaid.
import { localized } from '../../behaviors/localized'
import { parseTable, type OrderLine, type Serving } from '../../domain/order'
import { strings } from '../../i18n/index'
import { cart, totalOf } from '../../store/cart'
import { follow } from '../../store/follow'
import { orderLines, placeOrder, type Destination } from '../../store/orders'
import { setServing, setTable, visit } from '../../store/visit'

const pickUpTimes = [10, 20, 30, 45, 60]

Page({
  behaviors: [localized],

  data: {
    serving: visit.value.serving as Serving,
    table: '',
    tableInput: '',
    tableError: '',
    lines: [] as OrderLine[],
    note: '',
    total: 0,
    pickUpTimes,
    pickUpInMinutes: 10,
    timesShown: false,
    placing: false,
  },

  onLoad() {
    follow(this, visit, ({ serving, table = '' }) => this.setData({ serving, table }))
    follow(this, cart, (value) => {
      // Placing empties the cart; the page keeps showing what was ordered until the result replaces it.
      if (!this.data.placing) this.setData({ lines: orderLines(value), note: value.note, total: totalOf(value) })
    })
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().checkout.title })
  },

  onServing(event: { currentTarget: { dataset: { serving: Serving } } }) {
    setServing(event.currentTarget.dataset.serving)
  },

  onTable(event: { detail: string }) {
    this.setData({ tableInput: event.detail, tableError: '' })
  },

  onTimes() {
    this.setData({ timesShown: true })
  },

  onTimesClose() {
    this.setData({ timesShown: false })
  },

  onTime(event: { currentTarget: { dataset: { minutes: number } } }) {
    this.setData({ pickUpInMinutes: event.currentTarget.dataset.minutes, timesShown: false })
  },

  /** Where the order goes, or nothing if the guest still has to say. */
  destination(): Destination | undefined {
    const { serving, table, tableInput, pickUpInMinutes } = this.data
    if (serving === 'pick-up') return { serving, pickUpInMinutes }
    const known = table || parseTable(tableInput)
    return known ? { serving, table: known } : undefined
  },

  onSubmit() {
    if (this.data.placing || !this.data.lines.length) return
    const destination = this.destination()
    if (!destination) {
      this.setData({ tableError: strings().checkout.tableMissing })
      return
    }
    this.setData({ placing: true })
    if (destination.table) setTable(destination.table)
    const order = placeOrder(destination)
    wx.redirectTo({ url: `/pages/result/index?id=${order.id}` })
  },

  onMenu() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
