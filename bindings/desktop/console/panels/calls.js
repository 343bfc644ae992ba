// Every wx function that was called: arguments, answer, permission, time.
import { duration, el, empty, iconButton } from '../dom.js'

const KEPT = 1000
const CLEAR = 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M4.2 4.2l7.6 7.6'
/** What the permission check said, as people say it; nothing where none was needed. */
const DECISIONS = {
  notNeeded: '',
  granted: 'granted',
  denied: 'denied by the user',
  capabilityOff: 'switched off by the host',
  unknown: 'no such function',
}

/** @returns {import('../main.js').Panel} */
export function callsPanel() {
  /** @type {{ text: string, row: any }[]} */
  let calls = []
  let wanted = ''
  let failed = 0
  const body = el('tbody')
  const search = el('input', {
    type: 'search',
    placeholder: 'Filter by function or text',
    'aria-label': 'Filter by function or text',
    oninput: () => {
      wanted = search.value.toLowerCase()
      for (const { text, row } of calls) row.hidden = !text.includes(wanted)
    },
  })
  const told = el('span', { className: 'quiet told' })
  const nothing = empty('No calls yet', 'Each wx function that the program calls appears here, with its arguments, its answer and its permission.')
  const table = el(
    'table',
    { className: 'calls', hidden: true },
    el('thead', {}, el('tr', {}, ...['Function', 'Arguments', 'Answer', 'Permission', 'Time'].map((name) => el('th', { scope: 'col' }, name)))),
    body,
  )
  const scroll = el('div', { className: 'scroll' }, table)
  const element = el('div', { className: 'panel' }, el('div', { className: 'bar' }, search, told, iconButton('Clear', CLEAR, clear)), nothing, scroll)

  function clear() {
    calls = []
    failed = 0
    body.replaceChildren()
    tell()
  }
  function tell() {
    nothing.hidden = calls.length > 0
    table.hidden = calls.length === 0
    told.textContent = calls.length >= KEPT ? `last ${KEPT} kept` : ''
  }

  let changed = false
  return {
    title: 'Calls',
    element,
    take(report) {
      if (report.event !== 'call') return
      const { api, args, errMsg, ok, ms } = report
      const decision = DECISIONS[/** @type {keyof typeof DECISIONS} */ (report.decision)] ?? report.decision
      if (!ok) failed += 1
      const row = el(
        'tr',
        { className: ok ? '' : 'bad' },
        el('td', { className: 'api' }, `wx.${api}`),
        el('td', { className: 'clip', tabIndex: 0, title: args }, args === '{}' ? '' : args),
        el('td', { className: 'clip', tabIndex: 0, title: errMsg }, errMsg),
        el('td', { className: decision && decision !== 'granted' ? 'denied' : 'quiet' }, decision),
        el('td', { className: 'number' }, duration(ms)),
      )
      const text = `${api} ${args} ${errMsg} ${decision}`.toLowerCase()
      row.hidden = !text.includes(wanted)
      calls.push({ text, row })
      body.append(row)
      if (calls.length > KEPT) calls.shift()?.row.remove()
      changed = true
    },
    flush() {
      if (!changed) return
      changed = false
      const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60
      tell()
      if (atEnd) scroll.scrollTop = scroll.scrollHeight
    },
    badge: () => ({ count: failed, bad: true }),
  }
}
