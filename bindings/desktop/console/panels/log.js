// What the program said and what went wrong, in order, with its place in the source.
import { clock, el, empty, iconButton, select } from '../dom.js'

/** Lines kept; the oldest go. */
const KEPT = 2000
/** How many may come over that before they are taken away at once: one by one would be slow. */
const SLACK = 200
const LEVELS = ['debug', 'info', 'warn', 'error']
const CLEAR = 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M4.2 4.2l7.6 7.6'

/** @returns {import('../main.js').Panel} */
export function logPanel() {
  /** @typedef {{ level: string, text: string, place: string, stack: string, count: number, element: any }} Line */
  /** @type {Line[]} */
  let lines = []
  let errors = 0
  let least = 0
  let wanted = ''
  let session = 0
  let dropped = false
  let pending = document.createDocumentFragment()

  const list = el('div', { className: 'lines', role: 'log', 'aria-live': 'off', tabIndex: 0, 'aria-label': 'Log' })
  const level = select(
    'Least level',
    [
      ['debug', 'All levels'],
      ['info', 'Info and above'],
      ['warn', 'Warnings and errors'],
      ['error', 'Errors only'],
    ],
    (name) => {
      least = LEVELS.indexOf(name)
      filter()
    },
  )
  const search = el('input', {
    type: 'search',
    placeholder: 'Filter',
    'aria-label': 'Filter by text',
    oninput: () => {
      wanted = search.value.toLowerCase()
      filter()
    },
  })
  const told = el('span', { className: 'quiet told' })
  const nothing = empty('Nothing logged yet', 'What the program writes by console, and its errors with their place in the source, appear here.')
  const element = el(
    'div',
    { className: 'panel' },
    el('div', { className: 'bar' }, level, search, told, iconButton('Clear', CLEAR, clear)),
    nothing,
    list,
  )

  function clear() {
    lines = []
    errors = 0
    dropped = false
    list.replaceChildren()
    tell()
  }
  const passes = (/** @type {Line} */ line) =>
    LEVELS.indexOf(line.level) >= least &&
    (wanted === '' || line.text.toLowerCase().includes(wanted) || line.stack.toLowerCase().includes(wanted))
  function filter() {
    for (const line of lines) line.element.hidden = !passes(line)
    tell()
  }
  function tell() {
    nothing.hidden = lines.length > 0
    const shown = lines.filter((line) => !line.element.hidden).length
    told.textContent = shown < lines.length ? `${shown} of ${lines.length}` : dropped ? `last ${lines.length} kept` : ''
  }

  /** @param {string} kind @param {string} text @param {string} stack @param {number} time */
  function add(kind, text, stack, time) {
    const last = lines[lines.length - 1]
    if (last && last.level === kind && last.text === text && last.stack === stack) {
      last.count += 1
      last.element.querySelector('.count').textContent = String(last.count)
      last.element.querySelector('.count').hidden = false
      return
    }
    const place = firstPlace(stack)
    const body = stack && stack.trim() !== place ? el('details', {}, el('summary', {}, text || ' '), el('pre', {}, stack.trim())) : el('span', {}, text)
    body.className = 'text'
    const line = {
      level: kind,
      text,
      place,
      stack,
      count: 1,
      element: el(
        'div',
        { className: `line ${kind}` },
        el('span', { className: 'count', hidden: true }),
        body,
        el('span', { className: 'place', title: clock(time) }, place || clock(time).slice(0, 8)),
      ),
    }
    line.element.hidden = !passes(line)
    lines.push(line)
    pending.append(line.element)
  }

  return {
    title: 'Log',
    element,
    take(report) {
      const [kind, text, stack] = said(report) ?? []
      if (report.event === 'opened' && report.session !== session) {
        session = report.session
        if (lines.length > 0) pending.append(el('div', { className: 'line mark' }, `opened at ${clock(report.time).slice(0, 8)}`))
      }
      if (kind === undefined) return
      if (kind === 'error') errors += 1
      add(kind, text ?? '', stack ?? '', report.time)
    },
    flush() {
      if (!pending.hasChildNodes()) return
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 24
      if (lines.length > KEPT + SLACK) {
        const gone = lines.splice(0, lines.length - KEPT)
        for (const line of gone) line.element.remove()
        dropped = true
      }
      list.append(pending)
      pending = document.createDocumentFragment()
      if (atEnd) list.scrollTop = list.scrollHeight
      tell()
    },
    shown() {
      list.scrollTop = list.scrollHeight
    },
    badge: () => ({ count: errors, bad: true }),
  }
}

/**
 * Level, text and stack of what belongs in a log.
 * @param {import('../server.js').Report} report
 * @returns {[string, string, string?] | undefined}
 */
function said(report) {
  switch (report.event) {
    case 'console':
      return [report.level, report.text, report.stack ?? '']
    case 'scriptError':
      return ['error', report.page ? `${report.message}  (on ${report.page})` : report.message, report.stack]
    case 'missing':
      return ['warn', `${report.api} does not exist in Lodger`]
    case 'warning':
      return ['warn', report.text]
    case 'resource':
      return [report.path.startsWith('/.lodger/fetch/') ? 'warn' : 'error', `${decoded(report.path)} was answered with ${report.status}`]
    case 'refused':
      return ['warn', `refused: ${report.what} to ${report.url}`]
    case 'failed':
      return ['error', `${report.message} (${report.code})`]
    default:
      return undefined
  }
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path.replace('/.lodger/fetch/', ''))
  } catch {
    return path
  }
}

/**
 * The first place of a stack in the project's own source, such as `pages/menu/index.ts:12:5`.
 * @param {string} stack
 */
function firstPlace(stack) {
  const word = stack.trim().split('\n')[0]?.split(/[@ (]/).pop()?.replace(/\)$/, '') ?? ''
  return word.includes(':') && !word.includes('://') ? word : ''
}
