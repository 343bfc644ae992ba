// Live data as a tree that keeps open what was open. Nodes are made when they are opened, so large data costs nothing.
import { el } from './dom.js'

/** Entries of one object or list shown at once. */
const SHOWN = 200

/**
 * A tree of a value; `update` draws a new value in its place.
 * @param {string} name
 */
export function tree(name) {
  /** Paths that are open, `/` between keys. */
  const open = new Set([''])
  const element = el('div', { className: 'tree', role: 'tree', 'aria-label': name })
  let before = ''
  return {
    element,
    /** @param {unknown} value */
    update(value) {
      const now = JSON.stringify(value) ?? 'undefined'
      if (now === before) return
      before = now
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.path : undefined
      element.replaceChildren(...entries(value, '', open))
      if (focused !== undefined)
        for (const summary of element.querySelectorAll('summary')) if (summary.dataset.path === focused) summary.focus()
    },
  }
}

/** @param {unknown} value @param {string} path @param {Set<string>} open @returns {Node[]} */
function entries(value, path, open) {
  if (value === null || typeof value !== 'object') return [leaf(value)]
  const all = Object.entries(value)
  if (all.length === 0) return [el('div', { className: 'quiet' }, 'empty')]
  const rows = all.slice(0, SHOWN).map(([key, item]) => row(key, item, `${path}/${key}`, open))
  if (all.length > SHOWN) rows.push(el('div', { className: 'quiet' }, `and ${all.length - SHOWN} more`))
  return rows
}

/** @param {string} key @param {unknown} value @param {string} path @param {Set<string>} open */
function row(key, value, path, open) {
  const label = el('span', { className: 'key' }, key)
  if (value === null || typeof value !== 'object') return el('div', { className: 'leaf', role: 'treeitem' }, label, ': ', leaf(value))
  const count = Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`
  const inside = el('div', { className: 'inside', role: 'group' })
  const summary = el('summary', {}, label, ': ', el('span', { className: 'quiet' }, count))
  summary.dataset.path = path
  const details = el('details', { role: 'treeitem' }, summary, inside)
  const fill = () => {
    if (details.open) open.add(path)
    else open.delete(path)
    inside.replaceChildren(...(details.open ? entries(value, path, open) : []))
  }
  if (open.has(path)) {
    details.open = true
    inside.replaceChildren(...entries(value, path, open))
  }
  details.addEventListener('toggle', fill)
  return details
}

/** @param {unknown} value */
function leaf(value) {
  const kind = value === null ? 'null' : typeof value
  return el('span', { className: `value ${kind}` }, kind === 'string' ? JSON.stringify(value) : String(value))
}
