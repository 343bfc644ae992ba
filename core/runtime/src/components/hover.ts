// `hover-class`: a class while the finger rests on the component.
import type { Host, Property } from './host'

/** The hover properties with a component's defaults: WeChat's class, start and stay time (milliseconds). */
export function hoverProperties(hoverClass: string, start: number, stay: number): Record<string, Property> {
  return {
    hoverClass: [String, hoverClass],
    hoverStartTime: [Number, start],
    hoverStayTime: [Number, stay],
    hoverStopPropagation: [Boolean],
  }
}

/** A finger that moves further than this (CSS pixels) rests no more. */
const REST = 10

/** Presses that an inner component keeps from its ancestors. */
const kept = new WeakSet<Event>()

/**
 * Watches `host`. Returns the function to call on updates: it listens only once a hover class is set, since a page
 * has hundreds of views without one.
 */
export function watchHover(host: Host, isDisabled: () => boolean = () => false): () => void {
  let watching = false
  let shown = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const show = (): void => {
    shown = host.text('hoverClass')
    toggle(host, shown, true)
  }
  const hide = (): void => {
    toggle(host, shown, false)
    shown = ''
  }
  const press = (event: PointerEvent): void => {
    if (!hasClass(host) || isDisabled() || kept.has(event) || event.button !== 0) return
    if (host.flag('hoverStopPropagation')) kept.add(event)
    clearTimeout(timer)
    if (shown !== '') hide()
    timer = setTimeout(show, host.number('hoverStartTime'))
    const { clientX, clientY } = event
    const move = (moved: PointerEvent): void => {
      if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) > REST) release(moved)
    }
    const release = (ended: PointerEvent): void => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', release)
      window.removeEventListener('pointercancel', release)
      clearTimeout(timer)
      // A quick tap is shown as well.
      if (shown === '' && ended.type === 'pointerup') show()
      if (shown !== '') timer = setTimeout(hide, host.number('hoverStayTime'))
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', release)
    window.addEventListener('pointercancel', release)
  }

  return () => {
    if (watching || !hasClass(host)) return
    watching = true
    host.element.addEventListener('pointerdown', press)
  }
}

function hasClass(host: Host): boolean {
  const name = host.text('hoverClass')
  return name !== '' && name !== 'none'
}

/** The default classes are styled by the base library, whose style sheet has no scope: they are set as they are. */
const BUILT_IN = new Set(['button-hover', 'navigator-hover'])

function toggle(host: Host, names: string, on: boolean): void {
  if (BUILT_IN.has(names)) host.element.classList.toggle(names, on)
  host.toggleClasses(names, on)
}
