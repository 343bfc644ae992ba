// Prices, choices and tables: what must be right for a guest to trust the total.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { categories, findProduct, optionGroups, type Product } from '../miniprogram/domain/catalog'
import { filterOrders, orderNumber, parseTable, type Order } from '../miniprogram/domain/order'
import { choose, defaultSelection, describe, groupsOf, lineKey, unitPrice } from '../miniprogram/domain/pricing'

function product(id: string): Product {
  const found = findProduct(id)
  assert.ok(found, `${id} is on the menu`)
  return found
}

test('a drink costs its price until something is added', () => {
  const latte = product('latte')
  assert.equal(unitPrice(latte, defaultSelection(latte)), 2600)
})

test('each chosen surcharge is added once', () => {
  const latte = product('latte')
  let selection = choose(latte, defaultSelection(latte), 'size', 'large')
  selection = choose(latte, selection, 'milk', 'oat')
  selection = choose(latte, selection, 'extras', 'shot')
  selection = choose(latte, selection, 'extras', 'vanilla')
  assert.equal(unitPrice(latte, selection), 2600 + 300 + 400 + 400 + 200)
})

test('an extra can be taken away again, a size only replaced', () => {
  const latte = product('latte')
  const start = defaultSelection(latte)
  const twice = choose(latte, choose(latte, start, 'extras', 'shot'), 'extras', 'shot')
  assert.deepEqual(twice, start)
  assert.deepEqual(choose(latte, start, 'size', 'medium'), start)
})

test('a choice that a product is not made with changes nothing', () => {
  const coldBrew = product('cold-brew')
  const start = defaultSelection(coldBrew)
  assert.deepEqual(start.temperature, ['iced'])
  assert.equal(choose(coldBrew, start, 'temperature', 'hot'), start)
  assert.equal(choose(coldBrew, start, 'milk', 'oat'), start)
})

test('the order of the taps does not make another line', () => {
  const latte = product('latte')
  const start = defaultSelection(latte)
  const one = choose(latte, choose(latte, start, 'extras', 'shot'), 'extras', 'vanilla')
  const other = choose(latte, choose(latte, start, 'extras', 'vanilla'), 'extras', 'shot')
  assert.equal(lineKey(latte, one), lineKey(latte, other))
  assert.notEqual(lineKey(latte, one), lineKey(latte, start))
})

test('choices read in the language asked for', () => {
  const latte = product('latte')
  const selection = choose(latte, defaultSelection(latte), 'milk', 'oat')
  assert.equal(describe(latte, selection, 'zh-CN'), '中杯 360ml / 热 / 燕麦奶')
  assert.equal(describe(latte, selection, 'en'), 'Medium 360 ml / Hot / Oat milk')
})

test('the menu holds together', () => {
  const products = categories.flatMap((category) => category.products)
  assert.equal(new Set(products.map(({ id }) => id)).size, products.length, 'product ids are unique')
  const choices = optionGroups.flatMap((group) => group.choices.map(({ id }) => id))
  assert.equal(new Set(choices).size, choices.length, 'choice ids are unique over all groups')
  for (const one of products) {
    assert.ok(Number.isInteger(one.price) && one.price > 0, `${one.id} has a price in whole fen`)
    for (const group of groupsOf(one)) assert.ok(group.choices.length > 0, `${one.id} has a choice of ${group.id}`)
    for (const id of one.without ?? []) assert.ok(choices.includes(id), `${one.id} leaves out a known choice`)
  }
})

test('a table is short and plain, whatever the query says', () => {
  assert.equal(parseTable('12'), '12')
  assert.equal(parseTable(' b7 '), 'B7')
  for (const text of [undefined, '', '1234567', '../x', '<b>', '１２']) assert.equal(parseTable(text), undefined)
})

test('orders are numbered and found by state', () => {
  assert.equal(orderNumber(0), 'A001')
  assert.equal(orderNumber(998), 'A999')
  assert.equal(orderNumber(999), 'A001')
  const orders = (['unpaid', 'ready', 'cancelled'] as const).map((state) => ({ state }) as Order)
  assert.deepEqual(filterOrders(orders, 'unpaid').map(({ state }) => state), ['unpaid'])
  assert.deepEqual(filterOrders(orders, 'active').map(({ state }) => state), ['ready'])
  assert.deepEqual(filterOrders(orders, 'done').map(({ state }) => state), ['cancelled'])
  assert.equal(filterOrders(orders, 'all').length, 3)
})
