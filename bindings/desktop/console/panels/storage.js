// The program's storage, to look at and to change. Values have types: text of one letter and the value, as the base
// library writes them (core/runtime/src/api/storage-value.ts).
import { dev } from '../server.js'
import { el, empty, iconButton, size } from '../dom.js'

const RELOAD = 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3'
const REMOVE = 'M4 4l8 8M12 4l-8 8'
/** The letter of each type, and how a person reads it. */
const TYPES = { s: 'text', n: 'number', b: 'boolean', j: 'JSON', d: 'date', o: 'null', u: 'undefined' }
/** Calls that change storage: what is shown is then old. */
const CHANGES = /^(set|remove|clear|batchSet)Storage/

/** @returns {import('../main.js').Panel} */
export function storagePanel() {
  const list = el('div', { className: 'items' })
  const meter = el('meter', { min: 0, max: 1, value: 0, 'aria-label': 'Used' })
  const told = el('span', { className: 'quiet told' })
  const notice = el('output', { className: 'notice', role: 'status' })
  const nothing = empty('Storage is empty', 'Keys that the program sets by wx.setStorage appear here. They can be edited.')
  const key = el('input', { placeholder: 'New key', 'aria-label': 'New key' })
  const add = el(
    'form',
    {
      className: 'add',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        if (key.value) void change('storageSet', { key: key.value, data: 's' }).then(() => (key.value = ''))
      },
    },
    key,
    el('button', { type: 'submit' }, 'Add'),
  )
  const element = el(
    'div',
    { className: 'panel' },
    el(
      'div',
      { className: 'bar' },
      meter,
      told,
      iconButton('Read again', RELOAD, () => void read()),
      el('button', { type: 'button', onclick: () => void change('storageClear') }, 'Clear all'),
    ),
    notice,
    nothing,
    el('div', { className: 'scroll' }, list, add),
  )
  let before = ''

  /** @param {string} cmd @param {Record<string, unknown>} [fields] */
  async function change(cmd, fields) {
    try {
      await dev(cmd, fields)
      notice.textContent = ''
    } catch (error) {
      notice.textContent = error instanceof Error ? error.message : String(error)
    }
    await read()
  }

  async function read() {
    let storage
    try {
      storage = await dev('storage')
    } catch (error) {
      notice.textContent = error instanceof Error ? error.message : String(error)
      return
    }
    if (!Array.isArray(storage?.items)) return
    meter.max = storage.limitSize
    meter.value = storage.currentSize
    told.textContent = `${storage.currentSize} of ${storage.limitSize} KB`
    nothing.hidden = storage.items.length > 0
    // What is being edited stays.
    const now = JSON.stringify(storage.items)
    if (now === before || list.contains(document.activeElement)) return
    before = now
    list.replaceChildren(...storage.items.map(item))
  }

  /** @param {{ key: string, data: string, size: number, cut: boolean }} stored */
  function item({ key: name, data, size: bytes, cut }) {
    const type = TYPES[/** @type {keyof typeof TYPES} */ (data[0])] ?? 'text'
    const value = el('textarea', { value: data.slice(1), 'aria-label': `Value of ${name}`, spellcheck: false, readOnly: cut })
    value.rows = Math.min(8, value.value.split('\n').length + (value.value.length > 60 ? 1 : 0))
    const save = el('button', { type: 'button', className: 'save', hidden: true, onclick: store }, 'Save')
    function store() {
      if (type === 'JSON') {
        try {
          JSON.parse(value.value)
        } catch (error) {
          notice.textContent = `${name} is not JSON: ${error instanceof Error ? error.message : ''}`
          return
        }
      }
      save.hidden = true
      value.blur()
      before = ''
      void change('storageSet', { key: name, data: data[0] + value.value })
    }
    value.addEventListener('input', () => (save.hidden = value.value === data.slice(1)))
    value.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) store()
      if (event.key !== 'Escape') return
      value.value = data.slice(1)
      save.hidden = true
      value.blur()
    })
    return el(
      'div',
      { className: 'item' },
      el('div', { className: 'head' }, el('b', {}, name), el('span', { className: 'quiet' }, `${type}, ${size(bytes)}${cut ? ', too long to edit here' : ''}`), save,
        iconButton(`Remove ${name}`, REMOVE, () => {
          /** @type {HTMLElement | null} */ (document.activeElement)?.blur()
          void change('storageRemove', { key: name })
        })),
      value,
    )
  }

  let stale = false
  return {
    title: 'Storage',
    element,
    take(report) {
      if ((report.event === 'call' && CHANGES.test(report.api)) || report.event === 'firstContent') stale = true
    },
    flush() {
      if (!stale || element.hidden) return
      stale = false
      void read()
    },
    shown: () => void read(),
  }
}
