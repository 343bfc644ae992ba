import { findGood } from './goods'

const KEY = 'cart'

/** How many of each, by id. */
type Counts = Record<string, number>

export interface CartLine {
  id: string
  name: string
  price: number
  count: number
}

function read(): Counts {
  const stored: unknown = wx.getStorageSync(KEY)
  return stored && typeof stored === 'object' ? (stored as Counts) : {}
}

export function addToCart(id: string, by: number): void {
  const counts = read()
  counts[id] = Math.max(0, (counts[id] ?? 0) + by)
  wx.setStorageSync(KEY, counts)
}

export function cartLines(): CartLine[] {
  const lines: CartLine[] = []
  const counts = read()
  for (const id of Object.keys(counts)) {
    const good = findGood(id)
    const count = counts[id] ?? 0
    if (good && count > 0) lines.push({ id, name: good.name, price: good.price * count, count })
  }
  return lines
}
