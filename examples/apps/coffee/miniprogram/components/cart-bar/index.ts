// The bar that floats over the menu: what is in the cart so far, and the way on.
import { localized } from '../../behaviors/localized'
import { cart, countOf, totalOf } from '../../store/cart'
import { follow } from '../../store/follow'

Component({
  behaviors: [localized],
  data: {
    count: 0,
    total: 0,
  },
  lifetimes: {
    attached() {
      follow(this, cart, (value) => {
        this.setData({ count: countOf(value), total: totalOf(value) })
      })
    },
  },
  methods: {
    onTap() {
      if (this.data.count > 0) this.triggerEvent('open')
    },
  },
})
