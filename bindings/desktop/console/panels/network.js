// Every transfer: what was asked, what came back, how long it took.
import { duration, el, empty, iconButton, size } from '../dom.js'

const KEPT = 500
const CLEAR = 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M4.2 4.2l7.6 7.6'

/** @returns {import('../main.js').Panel} */
export function networkPanel() {
  /** @type {Map<string, { transfer: any, row: any }>} */
  const transfers = new Map()
  let chosen = ''
  let wanted = ''
  let failed = 0

  const body = el('tbody')
  const search = el('input', {
    type: 'search',
    placeholder: 'Filter by address',
    'aria-label': 'Filter by address',
    oninput: () => {
      wanted = search.value.toLowerCase()
      for (const { transfer, row } of transfers.values()) row.hidden = !transfer.url.toLowerCase().includes(wanted)
    },
  })
  const told = el('span', { className: 'quiet told' })
  const nothing = empty('No transfers yet', 'Requests, downloads, uploads, remote pictures and sockets appear here, with their answers.')
  const table = el(
    'table',
    { className: 'transfers', hidden: true },
    el('thead', {}, el('tr', {}, ...['Address', 'Status', 'Type', 'Size', 'Time', ''].map((name) => el('th', { scope: 'col' }, name)))),
    body,
  )
  const details = el('div', { className: 'details', hidden: true })
  const element = el(
    'div',
    { className: 'panel' },
    el('div', { className: 'bar' }, search, told, iconButton('Clear', CLEAR, clear)),
    nothing,
    el('div', { className: 'split' }, el('div', { className: 'scroll' }, table), details),
  )

  function clear() {
    transfers.clear()
    chosen = ''
    failed = 0
    body.replaceChildren()
    details.hidden = true
    details.parentElement.classList.remove('chosen-one')
    tell()
  }
  function tell() {
    nothing.hidden = transfers.size > 0
    table.hidden = transfers.size === 0
    told.textContent = transfers.size >= KEPT ? `last ${KEPT} kept` : ''
  }
  /** @param {string} key */
  function choose(key) {
    transfers.get(chosen)?.row.classList.remove('chosen')
    chosen = chosen === key ? '' : key
    const found = transfers.get(chosen)
    found?.row.classList.add('chosen')
    details.hidden = !found
    details.parentElement.classList.toggle('chosen-one', Boolean(found))
    if (found) details.replaceChildren(...describe(found.transfer, () => choose(chosen)))
  }

  /** @param {string} key @param {any} transfer @param {any} row */
  function draw(key, transfer, row) {
    const { end } = transfer
    const bad = end && (end.error || end.status >= 400)
    const [host, path] = split(transfer.url)
    const name = el(
      'button',
      { type: 'button', className: 'address', title: transfer.url, onclick: () => choose(key) },
      el('b', {}, transfer.method || transfer.kind),
      el('span', {}, path),
      el('small', {}, host),
    )
    const status = !end ? 'pending' : end.error ? 'failed' : String(end.status)
    row.className = bad ? 'bad' : ''
    row.classList.toggle('chosen', chosen === key)
    row.replaceChildren(
      el('td', {}, name),
      el('td', { className: 'status', title: end?.error ?? '' }, status),
      el('td', {}, typeOf(transfer)),
      el('td', { className: 'number' }, end && !end.error ? size(end.bytes) : ''),
      el('td', { className: 'number' }, end ? duration(end.ms) : ''),
      el('td', { className: 'waterfall' }, el('i')),
    )
  }

  /** Puts the bars of the session to one scale. */
  function scale() {
    const all = [...transfers.values()]
    const session = all[all.length - 1]?.transfer.session
    const same = all.filter(({ transfer }) => transfer.session === session)
    const start = Math.min(...same.map(({ transfer }) => transfer.startedMs))
    const end = Math.max(...same.map(({ transfer }) => transfer.startedMs + (transfer.end?.ms ?? 0)), start + 1)
    for (const { transfer, row } of same) {
      const bar = row.querySelector('i')
      bar.style.left = `${((transfer.startedMs - start) / (end - start)) * 100}%`
      bar.style.width = `${Math.max(2, ((transfer.end?.ms ?? end - transfer.startedMs) / (end - start)) * 100)}%`
    }
  }

  let changed = false
  return {
    title: 'Network',
    element,
    take(report) {
      if (report.event !== 'network') return
      const key = `${report.session}/${report.id}`
      const known = transfers.get(key)
      const row = known?.row ?? el('tr')
      if (!known) body.append(row)
      transfers.set(key, { transfer: report, row })
      row.hidden = !report.url.toLowerCase().includes(wanted)
      if (report.end && (report.end.error || report.end.status >= 400)) failed += 1
      draw(key, report, row)
      if (key === chosen) details.replaceChildren(...describe(report, () => choose(key)))
      if (transfers.size > KEPT) {
        const [oldest, { row: gone }] = /** @type {any} */ (transfers.entries().next().value)
        transfers.delete(oldest)
        gone.remove()
      }
      changed = true
    },
    flush() {
      if (!changed) return
      changed = false
      tell()
      scale()
    },
    badge: () => ({ count: failed, bad: true }),
  }
}

/** @param {string} url @returns {[string, string]} */
function split(url) {
  try {
    const { host, pathname, search } = new URL(url)
    return [host, pathname + search]
  } catch {
    return ['', url]
  }
}

/** @param {any} transfer */
function typeOf(transfer) {
  if (transfer.kind !== 'request') return transfer.kind
  const type = header(transfer.end?.headers, 'content-type').split(';')[0]
  return type ? (type.split('/').pop() ?? type) : transfer.kind
}

/** @param {[string, string][] | undefined} headers @param {string} name */
const header = (headers, name) => headers?.find(([other]) => other.toLowerCase() === name)?.[1] ?? ''

/** @param {any} transfer @param {() => void} close @returns {Node[]} */
function describe(transfer, close) {
  const { end } = transfer
  const pairs = (/** @type {[string, string][]} */ rows) =>
    el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))
  const section = (/** @type {string} */ title, /** @type {Node} */ content) =>
    el('details', { open: true }, el('summary', {}, title), content)
  const general = [
    ['Address', transfer.url],
    ['Method', transfer.method],
    ['Kind', transfer.kind],
    ['Status', !end ? 'under way' : end.error ? `failed: ${end.error}` : String(end.status)],
    ['Started', `${duration(transfer.startedMs)} after the program`],
    ...(end ? [['Took', duration(end.ms)], ['Size', size(end.bytes)]] : []),
  ]
  return [
    el('div', { className: 'bar' }, el('strong', {}, split(transfer.url)[1]), iconButton('Close details', 'M4 4l8 8M12 4l-8 8', close)),
    section('General', pairs(/** @type {any} */ (general))),
    section('Request headers', pairs(transfer.requestHeaders)),
    ...(transfer.requestPreview ? [section('Payload', el('pre', {}, pretty(transfer.requestPreview)))] : []),
    ...(end ? [section('Response headers', pairs(end.headers))] : []),
    ...(end?.preview ? [section('Response', el('pre', {}, pretty(end.preview)))] : []),
  ]
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
