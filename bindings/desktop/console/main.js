// The developer's page: the phone on the left, the console on the right. `?console` shows the console alone.
import { el } from './dom.js'
import { follow } from './server.js'
import { phone } from './phone.js'
import { appPanel } from './panels/app.js'
import { callsPanel } from './panels/calls.js'
import { logPanel } from './panels/log.js'
import { networkPanel } from './panels/network.js'
import { pagesPanel } from './panels/pages.js'
import { storagePanel } from './panels/storage.js'

/**
 * One view of the console.
 * @typedef {object} Panel
 * @property {string} title
 * @property {HTMLElement} element
 * @property {(report: import('./server.js').Report) => void} [take] one thing happened
 * @property {(state: any) => void} [update] the state has changed
 * @property {() => void} [flush] all that came together has been taken
 * @property {() => void} [shown] it came into view
 * @property {() => { count: number, bad: boolean } | undefined} [badge] a number beside the title
 */

/** @type {Panel[]} */
const panels = [logPanel(), networkPanel(), storagePanel(), callsPanel(), pagesPanel(), appPanel()]

const alone = new URLSearchParams(location.search).has('console')
// The address holds the token, which is not to stay in the history.
history.replaceState(null, '', alone ? '/?console' : '/')

const stage = alone ? undefined : phone(/** @type {HTMLElement} */ (document.getElementById('stage')))
document.body.classList.toggle('alone', alone)
document.getElementById('console')?.append(...tabs())

/** @type {Panel} */
let current

function tabs() {
  const list = el('div', { role: 'tablist', className: 'tabs', 'aria-label': 'Panels' })
  const views = panels.map((panel, at) => {
    const id = panel.title.toLowerCase()
    const tab = el(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => show(at) },
      panel.title,
      el('span', { className: 'badge', hidden: true }),
    )
    list.append(tab)
    panel.element.id = `panel-${id}`
    panel.element.setAttribute('role', 'tabpanel')
    panel.element.setAttribute('aria-labelledby', `tab-${id}`)
    return panel.element
  })
  list.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step) show((panels.indexOf(current) + step + panels.length) % panels.length).focus()
  })
  setTimeout(() => show(Number(sessionStorage.getItem('panel')) || 0))
  return [list, ...views]
}

/** @param {number} at */
function show(at) {
  const panel = panels[at] ?? panels[0]
  current = panel
  sessionStorage.setItem('panel', String(at))
  for (const other of panels) {
    const on = other === panel
    const tab = tabOf(other)
    other.element.hidden = !on
    tab.setAttribute('aria-selected', String(on))
    tab.tabIndex = on ? 0 : -1
  }
  panel.shown?.()
  const tab = tabOf(panel)
  // Sideways only: where the page is narrow, the tabs are further down, and the page is to stay where it is.
  const list = tab.parentElement
  list.scrollLeft += tab.getBoundingClientRect().left - list.getBoundingClientRect().left - (list.clientWidth - tab.offsetWidth) / 2
  return tab
}

/** @param {Panel} panel @returns {any} */
const tabOf = (panel) => document.getElementById(`tab-${panel.title.toLowerCase()}`)

/** @param {Panel} panel */
function mark(panel) {
  const badge = panel.badge?.()
  const element = tabOf(panel).querySelector('.badge')
  element.hidden = !badge || badge.count === 0
  element.textContent = badge ? (badge.count > 999 ? '999+' : String(badge.count)) : ''
  element.classList.toggle('bad', Boolean(badge?.bad))
}

follow(
  ({ state, reports }) => {
    // A program of another id has another origin.
    if (!alone && state.home && new URL(state.home).host !== location.host) location.replace(state.home)
    document.title = state.program.name ? `${state.program.name} · Lodger` : 'Lodger'
    stage?.update(state)
    for (const panel of panels) {
      panel.update?.(state)
      for (const report of reports) panel.take?.(report)
      panel.flush?.()
      mark(panel)
    }
  },
  (gone) => {
    const notice = document.getElementById('gone')
    if (notice) notice.hidden = !gone
  },
)
