// The cart: lines of equal product and choices are one line.
import { findProduct, type Product } from '../domain/catalog'
import { lineKey, unitPrice, type Selection } from '../domain/pricing'
import { persisted } from './persisted'

export interface CartLine {
  readonly key: string
  readonly productId: string
  readonly selection: Selection
  readonly quantity: number
}

export interface Cart {
  readonly lines: readonly CartLine[]
  readonly note: string
}

export const maxQuantity = 99

const empty: Cart = { lines: [], note: '' }

function isLine(value: unknown): value is CartLine {
  const line = value as CartLine | null
  return (
    typeof line === 'object' &&
    line !== null &&
    typeof line.key === 'string' &&
    typeof line.quantity === 'number' &&
    typeof line.selection === 'object' &&
    findProduct(line.productId) !== undefined
  )
}

function isCart(value: unknown): value is Cart {
  const cart = value as Cart | null
  return (
    typeof cart === 'object' &&
    cart !== null &&
    typeof cart.note === 'string' &&
    Array.isArray(cart.lines) &&
    cart.lines.every(isLine)
  )
}

export const cart = persisted<Cart>('cart', empty, isCart)

export function addToCart(product: Product, selection: Selection, quantity: number): void {
  const key = lineKey(product, selection)
  const line = cart.value.lines.find((candidate) => candidate.key === key)
  if (line) {
    setQuantity(key, line.quantity + quantity)
    return
  }
  const added: CartLine = { key, productId: product.id, selection, quantity: Math.min(quantity, maxQuantity) }
  cart.update((value) => ({ ...value, lines: [...value.lines, added] }))
}

/** Nothing or less takes the line away. */
export function setQuantity(key: string, quantity: number): void {
  const limited = Math.min(quantity, maxQuantity)
  cart.update((value) => ({
    ...value,
    lines: value.lines.flatMap((line) =>
      line.key !== key ? [line] : limited > 0 ? [{ ...line, quantity: limited }] : [],
    ),
  }))
}

export function setNote(note: string): void {
  cart.update((value) => ({ ...value, note }))
}

export function clearCart(): void {
  cart.set(empty)
}

export function priceOf(line: CartLine): number {
  const product = findProduct(line.productId)
  return product ? unitPrice(product, line.selection) : 0
}

export function countOf(value: Cart): number {
  return value.lines.reduce((sum, line) => sum + line.quantity, 0)
}

export function totalOf(value: Cart): number {
  return value.lines.reduce((sum, line) => sum + priceOf(line) * line.quantity, 0)
}

/** How many of a product are in the cart, however they are made. */
export function quantityOf(value: Cart, productId: string): number {
  return value.lines.reduce((sum, line) => (line.productId === productId ? sum + line.quantity : sum), 0)
}
