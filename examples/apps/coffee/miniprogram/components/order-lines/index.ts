// The lines of an order, to read: picture, name, choices, how many, how much.
import { localized } from '../../behaviors/localized'
import type { OrderLine } from '../../domain/order'

Component({
  behaviors: [localized],
  properties: {
    lines: { type: Array, value: [] as OrderLine[] },
    /** In fen. */
    total: { type: Number, value: 0 },
  },
})
