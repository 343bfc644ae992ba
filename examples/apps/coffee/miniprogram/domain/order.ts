// An order and the states it goes through. Payment comes later: an order is placed unpaid.
import type { Localized } from './language'

export type Serving = 'dine-in' | 'pick-up'

export type OrderState = 'unpaid' | 'preparing' | 'ready' | 'completed' | 'cancelled'

/** A line as it was ordered: names and price stay, even if the menu changes. */
export interface OrderLine {
  readonly productId: string
  readonly key: string
  readonly name: Localized
  readonly choices: Localized
  readonly image: string
  readonly unitPrice: number
  readonly quantity: number
}

export interface Order {
  readonly id: string
  /** What is called out at the counter, e.g. `A003`. */
  readonly number: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly serving: Serving
  /** Only of a dine-in order. */
  readonly table?: string
  /** Only of a pick-up order: minutes after `createdAt`. */
  readonly pickUpInMinutes?: number
  readonly note: string
  readonly lines: readonly OrderLine[]
  readonly total: number
  readonly state: OrderState
}

export type OrderFilter = 'all' | 'unpaid' | 'active' | 'done'

export const orderFilters: readonly OrderFilter[] = ['all', 'unpaid', 'active', 'done']

const statesOf: Readonly<Record<OrderFilter, readonly OrderState[]>> = {
  all: ['unpaid', 'preparing', 'ready', 'completed', 'cancelled'],
  unpaid: ['unpaid'],
  active: ['preparing', 'ready'],
  done: ['completed', 'cancelled'],
}

export function filterOrders(orders: readonly Order[], filter: OrderFilter): Order[] {
  return orders.filter((order) => statesOf[filter].includes(order.state))
}

/** `A001` to `A999`, then from the start again. */
export function orderNumber(placedBefore: number): string {
  return 'A' + String((placedBefore % 999) + 1).padStart(3, '0')
}

/** A table as printed on its tag: up to six letters and digits. Anything else is not a table. */
export function parseTable(text: string | undefined): string | undefined {
  const table = text?.trim().toUpperCase() ?? ''
  return /^[A-Z0-9]{1,6}$/.test(table) ? table : undefined
}
