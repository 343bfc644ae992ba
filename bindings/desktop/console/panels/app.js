// What the program is: its bundle, and what it uses that does not exist here.
import { el, size } from '../dom.js'

/** @returns {import('../main.js').Panel} */
export function appPanel() {
  /** @type {Map<string, number>} */
  const missing = new Map()
  const facts = el('dl', { className: 'facts' })
  const packages = el('tbody')
  const total = el('span', { className: 'quiet' })
  const gaps = el('ul')
  const none = el('p', { className: 'quiet' }, 'None so far. Functions, components and events that do not exist in Lodger are listed once the program uses them.')
  const element = el(
    'div',
    { className: 'panel' },
    el(
      'div',
      { className: 'scroll app' },
      facts,
      el('h2', {}, 'Packages', total),
      el('table', {}, el('thead', {}, el('tr', {}, ...['Name', 'Folder', 'Files', 'Size'].map((name) => el('th', { scope: 'col' }, name)))), packages),
      el('h2', {}, 'Missing'),
      none,
      gaps,
    ),
  )
  let before = ''
  return {
    title: 'App',
    element,
    update(state) {
      const now = JSON.stringify([state.program, state.packages, state.pages, state.entry])
      if (now === before) return
      before = now
      const { program, entry } = state
      const rows = [
        ['Name', program.name],
        ['App ID', program.id],
        ['Version', program.version],
        ['Digest', program.digest],
        ['Pages', String(state.pages?.length ?? 0)],
        ['Opened as', entry ? `scene ${entry.scene}${entry.referrer ? `, from ${entry.referrer[0]}` : ''}` : ''],
        ['Permissions', program.scopes.map((/** @type {any} */ one) => one.scope).join(', ') || 'none declared'],
      ]
      facts.replaceChildren(...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))
      const all = state.packages ?? []
      total.textContent = ` ${size(all.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.bytes, 0))} in all`
      packages.replaceChildren(
        ...all.map((/** @type {any} */ one) =>
          el('tr', {}, el('td', {}, one.name + (one.independent ? ' (independent)' : '')), el('td', {}, one.root || '/'),
            el('td', { className: 'number' }, String(one.files)), el('td', { className: 'number' }, size(one.bytes)))),
      )
    },
    take(report) {
      if (report.event !== 'missing') return
      missing.set(report.api, (missing.get(report.api) ?? 0) + 1)
      none.hidden = true
      gaps.replaceChildren(...[...missing.keys()].sort().map((name) => el('li', {}, name)))
    },
    badge: () => ({ count: missing.size, bad: false }),
  }
}
