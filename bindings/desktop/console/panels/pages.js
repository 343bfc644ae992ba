// The page stack with the live data of each page; it follows changes while it is in view.
import { dev } from '../server.js'
import { el, empty } from '../dom.js'
import { tree } from '../tree.js'

/** Data changes without an event: it is asked for this often, in milliseconds, while it is in view. */
const LOOK = 500

/** @returns {import('../main.js').Panel} */
export function pagesPanel() {
  /** @type {Map<string, { element: HTMLElement, data: ReturnType<typeof tree>, query: HTMLElement }>} */
  const pages = new Map()
  const nothing = empty('No page is open', 'The stack of open pages appears here, the top page first, each with its query and its data.')
  const list = el('div', { className: 'scroll pages' })
  const element = el('div', { className: 'panel' }, nothing, list)
  let running = false
  let asking = false

  async function look() {
    if (asking || element.hidden || document.hidden || !running) return
    asking = true
    try {
      draw(await dev('pages'))
    } catch {
      // It is loading, or has ended: the next look tells.
    } finally {
      asking = false
    }
  }

  /** @param {unknown} stack bottom first */
  function draw(stack) {
    if (!Array.isArray(stack)) return
    nothing.hidden = stack.length > 0
    const keys = stack.map((page) => String(page.id))
    for (const [key, { element: gone }] of pages)
      if (!keys.includes(key)) {
        gone.remove()
        pages.delete(key)
      }
    stack.forEach((page, at) => {
      const key = String(page.id)
      const query = new URLSearchParams(page.query).toString()
      let known = pages.get(key)
      if (!known) {
        const data = tree(`Data of ${page.path}`)
        const text = el('span', { className: 'quiet' })
        known = { data, query: text, element: el('section', { className: 'page' }, el('h2', {}, page.path, text), data.element) }
        pages.set(key, known)
      }
      known.query.textContent = query ? `?${query}` : ''
      known.data.update(page.data)
      // The top page comes first.
      const place = list.children[stack.length - 1 - at]
      if (place !== known.element) list.insertBefore(known.element, place ?? null)
    })
  }

  setInterval(() => void look(), LOOK)
  return {
    title: 'Pages',
    element,
    update(state) {
      running = state.running
    },
    take(report) {
      if (report.event === 'pageReady' || report.event === 'route') void look()
    },
    shown: () => void look(),
  }
}
