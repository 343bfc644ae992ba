// The pull-down refresher of scroll-view: WeChat's three dots, or what the program puts into `slot="refresher"`.
import { element } from './dom'
import { onFinger } from './gesture'
import type { Host } from './host'

/** Height of the open refresher in CSS pixels, unless the program's own is another. */
const OPEN = 45
/** A finger moves it half as far, and no further than this. */
const FURTHEST = 150

/** What `refresherstatuschange` tells. */
const STATUS = { idle: 0, canRefresh: 1, refreshing: 2, completed: 3 }

/** Puts a refresher at the top of `scroller`; `update` follows the properties of `host`. */
export function createRefresher(
  host: Host,
  scroller: HTMLElement,
  content: HTMLElement,
): { update(): void; attached(): void; detached(): void } {
  const box = element('div', 'lg-refresher')
  box.appendChild(element('i', 'lg-dots'))
  scroller.insertBefore(box, content)
  let open = false
  let startY: number | null = null
  let pulled = 0
  let status = STATUS.idle
  let own: HTMLElement | null = null

  const height = (pixels: number, animated: boolean): void => {
    box.style.transition = animated ? 'height .2s ease-out' : 'none'
    box.style.height = `${pixels}px`
  }
  const tell = (next: number, dy: number): void => {
    if (next === status) return
    status = next
    host.emit('refresherstatuschange', { status, dy })
  }
  const isOn = (): boolean => host.flag('refresherEnabled') && host.flag('scrollY')
  const threshold = (): number => host.number('refresherThreshold', OPEN)
  const openHeight = (): number => own?.offsetHeight || OPEN
  const refresh = (): void => {
    open = true
    height(openHeight(), true)
    tell(STATUS.refreshing, openHeight())
    host.emit('refresherrefresh', { dy: openHeight() })
  }
  const close = (): void => {
    open = false
    height(0, true)
    tell(STATUS.completed, 0)
    host.emit('refresherrestore', { dy: 0 })
    tell(STATUS.idle, 0)
  }

  onFinger(scroller, {
    down: (_x, y) => {
      startY = isOn() && !open && scroller.scrollTop <= 0 ? y : null
    },
    move: (_x, y) => {
      if (startY === null) return
      const distance = (y - startY) / 2
      if (distance <= 0 || scroller.scrollTop > 0) {
        if (pulled <= 0) startY = null
        return
      }
      const before = pulled
      pulled = Math.min(distance, FURTHEST)
      height(pulled, false)
      host.emit('refresherpulling', { dy: pulled })
      if (before < threshold() && pulled >= threshold()) {
        tell(STATUS.canRefresh, pulled)
        host.emit('refresherwillrefresh', { dy: pulled })
      } else if (pulled < threshold()) tell(STATUS.idle, pulled)
      // While the refresher is being pulled, the box must not scroll as well.
      return true
    },
    up: () => {
      startY = null
      if (pulled <= 0) return
      const enough = pulled >= threshold()
      pulled = 0
      if (enough) {
        refresh()
        host.set({ refresherTriggered: true })
      } else {
        height(0, true)
        host.emit('refresherabort', { dy: 0 })
        tell(STATUS.idle, 0)
      }
    },
  })

  /** The program's own refresher lies above the content, and comes down with it. */
  const findOwn = (): void => {
    own?.classList.remove('lg-own-refresher')
    own =
      (Array.from(content.children) as (HTMLElement & { __wxElement?: { slot?: string } })[]).find(
        (child) => child.__wxElement?.slot === 'refresher',
      ) ?? null
    own?.classList.add('lg-own-refresher')
    content.classList.toggle('lg-has-refresher', own !== null)
  }
  const observer = typeof MutationObserver === 'undefined' ? undefined : new MutationObserver(findOwn)
  return {
    update() {
      box.style.display = isOn() ? '' : 'none'
      box.style.backgroundColor = host.text('refresherBackground')
      box.className = `lg-refresher lg-refresher-${host.text('refresherDefaultStyle') || 'black'}`
      const triggered = isOn() && host.flag('refresherTriggered')
      if (triggered && !open) refresh()
      else if (!triggered && open) close()
    },
    attached() {
      findOwn()
      observer?.observe(content, { childList: true })
    },
    detached: () => observer?.disconnect(),
  }
}
