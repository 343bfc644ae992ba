// The orders placed on this phone, newest first.
import { findProduct } from '../domain/catalog'
import { languages, type Localized } from '../domain/language'
import { orderNumber, type Order, type OrderLine, type OrderState, type Serving } from '../domain/order'
import { describe, type Selection } from '../domain/pricing'
import { addToCart, cart, clearCart, priceOf, totalOf, type Cart, type CartLine } from './cart'
import { persisted } from './persisted'

const kept = 100

function isOrders(value: unknown): value is readonly Order[] {
  return (
    Array.isArray(value) &&
    value.every((order: Partial<Order> | null) => typeof order?.id === 'string' && Array.isArray(order.lines))
  )
}

export const orders = persisted<readonly Order[]>('orders', [], isOrders)

export interface Destination {
  readonly serving: Serving
  readonly table?: string
  readonly pickUpInMinutes?: number
}

function describeAll(line: CartLine): Localized {
  const product = findProduct(line.productId)
  const entries = languages.map((language) => [language, product ? describe(product, line.selection, language) : ''])
  return Object.fromEntries(entries) as Localized
}

function orderLine(line: CartLine): OrderLine[] {
  const product = findProduct(line.productId)
  if (!product) return []
  return [
    {
      productId: product.id,
      key: line.key,
      name: product.name,
      choices: describeAll(line),
      image: product.image,
      unitPrice: priceOf(line),
      quantity: line.quantity,
    },
  ]
}

/** The lines of a cart as an order keeps them. */
export function orderLines(value: Cart): OrderLine[] {
  return value.lines.flatMap(orderLine)
}

/** Turns the cart into an unpaid order and empties it. */
export function placeOrder(destination: Destination): Order {
  const now = Date.now()
  const order: Order = {
    ...destination,
    id: `${now}${String(orders.value.length).padStart(3, '0')}`,
    number: orderNumber(orders.value.length),
    createdAt: now,
    note: cart.value.note,
    lines: orderLines(cart.value),
    total: totalOf(cart.value),
    state: 'unpaid',
  }
  orders.update((value) => [order, ...value].slice(0, kept))
  clearCart()
  return order
}

export function findOrder(id: string | undefined): Order | undefined {
  return orders.value.find((order) => order.id === id)
}

export function setOrderState(id: string, state: OrderState): void {
  orders.update((value) => value.map((order) => (order.id === id ? { ...order, state } : order)))
}

/** Puts what an order had into the cart again; returns how many lines the menu no longer has. */
export function orderAgain(order: Order): number {
  let missing = 0
  for (const line of order.lines) {
    const product = findProduct(line.productId)
    if (!product || product.soldOut) {
      missing += 1
      continue
    }
    addToCart(product, selectionOf(line.key, product.options), line.quantity)
  }
  return missing
}

/** A line's key holds the chosen ids; each id belongs to one group only. */
function selectionOf(key: string, groups: readonly (keyof Selection)[]): Selection {
  const chosen = key.split('/').slice(1)
  return Object.fromEntries(groups.map((group) => [group, chosen])) as Selection
}
