// The orders placed on this phone, by state.
import { localized } from '../../behaviors/localized'
import { filterOrders, orderFilters, type Order, type OrderFilter } from '../../domain/order'
import { language, showTabTexts, strings } from '../../i18n/index'
import { follow } from '../../store/follow'
import { orders } from '../../store/orders'

interface TabView {
  filter: OrderFilter
  title: string
  empty: string
  orders: Order[]
}

function tabViews(all: readonly Order[]): TabView[] {
  const texts = strings().orders
  return orderFilters.map((filter) => ({
    filter,
    title: texts.filters[filter],
    empty: texts.empty[filter],
    orders: filterOrders(all, filter),
  }))
}

Page({
  behaviors: [localized],

  data: {
    tabs: [] as TabView[],
    active: 'all' as OrderFilter,
  },

  onLoad() {
    follow(this, orders, (value) => this.setData({ tabs: tabViews(value) }))
    follow(this, language, () => this.setData({ tabs: tabViews(orders.value) }))
  },

  onShow() {
    wx.setNavigationBarTitle({ title: strings().orders.title })
    showTabTexts()
  },

  // Orders live on this phone and are always up to date, so there is nothing to wait for.
  onPullDownRefresh() {
    this.setData({ tabs: tabViews(orders.value) }, () => {
      wx.stopPullDownRefresh()
    })
  },

  onTab(event: { detail: { name: OrderFilter } }) {
    this.setData({ active: event.detail.name })
  },

  onOrder(event: { detail: { id: string } }) {
    wx.navigateTo({ url: `/packages/order/detail/index?id=${event.detail.id}` })
  },

  onMenu() {
    wx.switchTab({ url: '/pages/menu/index' })
  },
})
