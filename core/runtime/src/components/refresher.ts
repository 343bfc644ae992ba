// The pull-down refresher of scroll-view.
import { element } from './dom'
import type { Host } from './host'

/** Height of the open refresher in CSS pixels. */
const OPEN = 45

/** Puts a refresher at the top of `scroller`; `update` follows the properties of `host`. */
export function createRefresher(host: Host, scroller: HTMLElement): { update(): void } {
  const box = element('div', 'lg-refresher', scroller)
  box.appendChild(element('i', 'lg-dots'))
  let open = false
  let startY: number | null = null
  let pulled = 0

  const height = (pixels: number, animated: boolean): void => {
    box.style.transition = animated ? 'height .2s ease-out' : 'none'
    box.style.height = `${pixels}px`
  }
  const isOn = (): boolean => host.flag('refresherEnabled') && host.flag('scrollY')
  const end = (): void => {
    startY = null
    if (pulled <= 0) return
    const refresh = pulled >= host.number('refresherThreshold', OPEN)
    pulled = 0
    if (refresh) {
      open = true
      height(OPEN, true)
      host.set({ refresherTriggered: true })
      host.emit('refresherrefresh', { dy: OPEN })
    } else {
      height(0, true)
      host.emit('refresherabort', { dy: 0 })
    }
  }

  scroller.addEventListener(
    'touchstart',
    (event) => {
      const touch = event.touches[0]
      startY =
        isOn() && !open && event.touches.length === 1 && scroller.scrollTop <= 0 && touch
          ? touch.clientY
          : null
    },
    { passive: true },
  )
  // Not passive: while the refresher is being pulled, the box must not scroll as well.
  scroller.addEventListener(
    'touchmove',
    (event) => {
      const touch = event.touches[0]
      if (startY === null || !touch) return
      const distance = (touch.clientY - startY) / 2
      if (distance <= 0 || scroller.scrollTop > 0) {
        if (pulled <= 0) startY = null
        return
      }
      if (event.cancelable) event.preventDefault()
      pulled = Math.min(distance, 150)
      height(pulled, false)
      host.emit('refresherpulling', { dy: pulled })
    },
    { passive: false },
  )
  scroller.addEventListener('touchend', end, { passive: true })
  scroller.addEventListener('touchcancel', end, { passive: true })

  return {
    update() {
      box.style.display = isOn() ? '' : 'none'
      box.style.backgroundColor = host.text('refresherBackground')
      box.className = `lg-refresher lg-refresher-${host.text('refresherDefaultStyle') || 'black'}`
      const triggered = isOn() && host.flag('refresherTriggered')
      if (triggered && !open) {
        open = true
        height(OPEN, true)
        host.emit('refresherrefresh', { dy: OPEN })
      } else if (!triggered && open) {
        open = false
        height(0, true)
        host.emit('refresherrestore', { dy: 0 })
      }
    },
  }
}
