// The table of components and the definitions say the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Window } from 'happy-dom'
import table from '../../../engine/components.json'
import { kebab } from '../framework/kebab'

const window = new Window()
for (const name of ['document', 'Element', 'HTMLElement', 'Node'])
  Object.assign(globalThis, { [name]: (window as unknown as Record<string, unknown>)[name] })
Object.assign(globalThis, { window })
const { components } = await import('./index')

const rows = new Map(table.map((row) => [row.tag, row]))

test('what a row calls working is a property, and every property stands in a row', () => {
  for (const { tag, properties = {} } of components) {
    const row = rows.get(tag)
    assert.ok(row, `${tag} needs a row in core/engine/components.json`)
    // `bindX` as a property only tells whether anybody listens.
    const names = Object.keys(properties).filter((name) => !name.startsWith('bind') && name !== 'name')
    const working = row.attributes.filter((name) => name !== 'name')
    assert.deepEqual(working, names.map(kebab).sort(), tag)
    assert.notEqual(row.status, 'none', `${tag} works`)
  }
})

test('a component without a definition has nothing that works', () => {
  const defined = new Set(components.map(({ tag }) => tag))
  for (const row of table.filter(({ tag }) => tag !== '*' && !defined.has(tag))) {
    assert.notEqual(row.status, 'full', row.tag)
    assert.deepEqual([row.attributes, row.events], [[], []], row.tag)
  }
})
