// An order in the list of orders.
import { localized } from '../../behaviors/localized'
import type { Order } from '../../domain/order'

Component({
  behaviors: [localized],
  properties: {
    order: { type: Object, value: { lines: [], total: 0 } as Partial<Order> },
  },
  data: {
    count: 0,
    tagColor: '',
    tagText: '',
  },
  observers: {
    order(order: Partial<Order>) {
      const waiting = order.state === 'unpaid' || order.state === 'ready'
      const live = waiting || order.state === 'preparing'
      this.setData({
        count: (order.lines ?? []).reduce((sum, line) => sum + line.quantity, 0),
        tagColor: waiting ? 'var(--accent-soft)' : live ? 'var(--brand-soft)' : 'var(--sunken)',
        tagText: waiting ? 'var(--accent)' : live ? 'var(--brand-text)' : 'var(--ink-3)',
      })
    },
  },
  methods: {
    onTap() {
      this.triggerEvent('open', { id: this.data.order['id'] })
    },
  },
})
