// movable-area and movable-view: a box that the finger moves and scales.
import { onDrag } from './gesture'
import { closestHost, type Definition, type Host } from './host'
import { length } from './icon'

/** Where a box may lie along one axis: it stays inside of its area, or covers it if it is larger. */
export function bounds(view: number, area: number): { low: number; high: number } {
  return view <= area ? { low: 0, high: area - view } : { low: area - view, high: 0 }
}

/** A position held in bounds; with `outOfBounds` it may go past them by a third of the way. */
export function hold(
  position: number,
  { low, high }: { low: number; high: number },
  outOfBounds: boolean,
): number {
  if (position < low) return outOfBounds ? low + (position - low) / 3 : low
  if (position > high) return outOfBounds ? high + (position - high) / 3 : high
  return position
}

/** How far a box reaches past its own edges, since it is scaled about its middle. */
export function overhang(size: number, scale: number): number {
  return (size * (scale - 1)) / 2
}

/** `<movable-area>`. With `scale-area` two fingers anywhere in it scale the box. */
export const movableArea: Definition = {
  tag: 'movable-area',
  properties: { scaleArea: [Boolean] },
  create(host) {
    onPinch(host.element, (phase, ratio) => {
      if (!host.flag('scaleArea')) return
      for (const child of Array.from(host.element.children)) {
        const pinch = pinches.get(child)
        pinch?.(phase, ratio)
      }
    })
  },
}

type Pinch = (phase: 'start' | 'move', ratio: number) => void
/** What scales the views of an area. */
const pinches = new WeakMap<Element, Pinch>()

/** Two fingers: `ratio` is how far they are apart against where they began. */
function onPinch(target: HTMLElement, pinch: Pinch): void {
  let began = 0
  const distance = ({ touches: [a, b] }: TouchEvent): number =>
    a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0
  target.addEventListener(
    'touchstart',
    (event) => {
      began = distance(event)
      if (began > 0) pinch('start', 1)
    },
    { passive: true },
  )
  target.addEventListener(
    'touchmove',
    (event) => {
      const now = distance(event)
      if (began <= 0 || now <= 0) return
      if (event.cancelable) event.preventDefault()
      pinch('move', now / began)
    },
    { passive: false },
  )
}

/** `<movable-view>`. */
export const movableView: Definition = {
  tag: 'movable-view',
  properties: {
    direction: [String, 'none'],
    inertia: [Boolean],
    outOfBounds: [Boolean],
    x: [null, 0],
    y: [null, 0],
    damping: [Number, 20],
    friction: [Number, 2],
    disabled: [Boolean],
    scale: [Boolean],
    scaleMin: [Number, 0.5],
    scaleMax: [Number, 10],
    scaleValue: [Number, 1],
    animation: [null, true],
  },
  create(host) {
    let x = 0
    let y = 0
    let from = { x: 0, y: 0 }
    let scale = 1
    let pinchedFrom = 1

    const allowed = (value: number): number => {
      if (!host.flag('scale')) return 1
      const [low, high] = [
        Math.max(0.1, host.number('scaleMin', 0.5)),
        Math.min(10, host.number('scaleMax', 10)),
      ]
      return Math.min(high, Math.max(low, value))
    }
    const limits = () => {
      const area = closestHost(host.element, 'movable-area')?.element ?? host.element.parentElement
      const { offsetWidth, offsetHeight } = host.element
      const along = (size: number, room: number): { low: number; high: number } => {
        const { low, high } = bounds(size * scale, room)
        const over = overhang(size, scale)
        return { low: low + over, high: high + over }
      }
      return {
        x: along(offsetWidth, area?.clientWidth ?? 0),
        y: along(offsetHeight, area?.clientHeight ?? 0),
      }
    }
    /** More damping moves faster: WeChat's 20 is about a third of a second. */
    const pace = (): string => `${Math.min(2, 6 / Math.max(1, host.number('damping', 20))).toFixed(2)}s`
    const draw = (animated: boolean): void => {
      const transition = animated ? `transition:transform ${pace()} ease-out;` : ''
      host.style(`${transition}transform:translate(${x}px,${y}px) scale(${scale})`)
    }
    const moveTo = (nextX: number, nextY: number, source: string, animated: boolean): void => {
      const box = limits()
      const loose = host.flag('outOfBounds') && source === 'touch'
      ;[x, y] = [hold(nextX, box.x, loose), hold(nextY, box.y, loose)]
      draw(animated)
      // Past its bounds the finger still holds it, and WeChat says so.
      const outside = x !== hold(x, box.x, false) || y !== hold(y, box.y, false)
      host.emit('change', { x, y, source: outside && source === 'touch' ? 'touch-out-of-bounds' : source })
    }
    const scaleTo = (value: number): void => {
      const next = allowed(value)
      if (next === scale) return
      scale = next
      const box = limits()
      ;[x, y] = [hold(x, box.x, false), hold(y, box.y, false)]
      draw(false)
      host.emit('scale', { x, y, scale })
    }
    const pinch: Pinch = (phase, ratio) => {
      if (!host.flag('scale') || host.flag('disabled')) return
      if (phase === 'start') pinchedFrom = scale
      else scaleTo(pinchedFrom * ratio)
    }
    pinches.set(host.element, pinch)
    onPinch(host.element, pinch)

    const direction = (): string => host.text('direction')
    const along = (dx: number, dy: number): [number, number] => [
      direction() === 'vertical' ? from.x : from.x + dx,
      direction() === 'horizontal' ? from.y : from.y + dy,
    ]
    onDrag(host.element, () => (host.flag('disabled') ? null : 'both'), {
      start: ({ dx, dy }) => {
        const sideways = Math.abs(dx) > Math.abs(dy)
        host.emit(sideways ? 'htouchmove' : 'vtouchmove', {}, { bubbles: true, composed: true })
        from = { x, y }
        return direction() === 'all' || direction() === (sideways ? 'horizontal' : 'vertical')
      },
      move: ({ dx, dy }) => moveTo(...along(dx, dy), 'touch', false),
      end: ({ dx, dy, vx, vy }) => {
        const box = limits()
        const friction = host.number('friction', 2)
        const throwFor = host.flag('inertia') ? 300 / (friction > 0 ? friction : 2) : 0
        const [endX, endY] = along(dx + vx * throwFor, dy + vy * throwFor)
        const outside = x !== hold(x, box.x, false) || y !== hold(y, box.y, false)
        if (!outside && (throwFor === 0 || (vx === 0 && vy === 0))) return
        moveTo(
          hold(endX, box.x, false),
          hold(endY, box.y, false),
          outside ? 'out-of-bounds' : 'friction',
          true,
        )
      },
    })
    return {
      update(changed) {
        host.element.setAttribute('direction', direction())
        const scales = ['scale', 'scaleMin', 'scaleMax', 'scaleValue'].some((name) => changed?.has(name))
        if (changed === null) scale = allowed(host.number('scaleValue', 1))
        else if (scales) scaleTo(changed.has('scaleValue') ? host.number('scaleValue', 1) : scale)
        if (changed?.has('x') || changed?.has('y')) place(true)
      },
      attached: () => requestAnimationFrame(() => place(false)),
    }

    function place(animated: boolean): void {
      const [nextX, nextY] = [pixels(host, 'x'), pixels(host, 'y')]
      const box = limits()
      const [heldX, heldY] = [hold(nextX, box.x, false), hold(nextY, box.y, false)]
      if (heldX === x && heldY === y) return draw(false)
      ;[x, y] = [heldX, heldY]
      draw(animated && host.values.animation !== false)
      host.emit('change', { x, y, source: '' })
    }
  },
}

/** `x` and `y` take numbers, pixels and rpx. */
function pixels(host: Host, name: string): number {
  const text = length(host.values[name])
  const value = parseFloat(text)
  if (!Number.isFinite(value)) return 0
  return text.endsWith('vw') ? (value * window.innerWidth) / 100 : value
}
