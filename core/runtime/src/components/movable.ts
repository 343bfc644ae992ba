// movable-area and movable-view: a box that the finger moves and scales.
import { onDrag, type Axis } from './gesture'
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

/** `<movable-area>`. */
export const movableArea: Definition = { tag: 'movable-area', properties: { scaleArea: [Boolean] } }

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

    const scale = (): number => {
      const [low, high] = [
        Math.max(0.1, host.number('scaleMin', 0.5)),
        Math.min(10, host.number('scaleMax', 10)),
      ]
      return host.flag('scale') ? Math.min(high, Math.max(low, host.number('scaleValue', 1))) : 1
    }
    const limits = () => {
      const area = closestHost(host.element, 'movable-area')?.element ?? host.element.parentElement
      const [width, height] = [area?.clientWidth ?? 0, area?.clientHeight ?? 0]
      const { offsetWidth, offsetHeight } = host.element
      return { x: bounds(offsetWidth * scale(), width), y: bounds(offsetHeight * scale(), height) }
    }
    const draw = (animated: boolean): void => {
      const transition = animated ? 'transition:transform .3s ease-out;' : ''
      host.style(`${transition}transform:translate(${x}px,${y}px) scale(${scale()});transform-origin:0 0`)
    }
    const moveTo = (nextX: number, nextY: number, source: string, animated: boolean): void => {
      const box = limits()
      const loose = host.flag('outOfBounds') && source === 'touch'
      ;[x, y] = [hold(nextX, box.x, loose), hold(nextY, box.y, loose)]
      draw(animated)
      host.emit('change', { x, y, source })
    }
    const axis = (): Axis | null => {
      if (host.flag('disabled')) return null
      const direction = host.text('direction')
      return direction === 'all'
        ? 'both'
        : direction === 'horizontal'
          ? 'x'
          : direction === 'vertical'
            ? 'y'
            : null
    }
    const along = (dx: number, dy: number): [number, number] => {
      const direction = host.text('direction')
      return [
        direction === 'vertical' ? from.x : from.x + dx,
        direction === 'horizontal' ? from.y : from.y + dy,
      ]
    }
    onDrag(host.element, axis, {
      start: () => {
        from = { x, y }
        return undefined
      },
      move: ({ dx, dy }) => moveTo(...along(dx, dy), 'touch', false),
      end: ({ dx, dy, vx, vy }) => {
        const box = limits()
        const [thrownX, thrownY] = host.flag('inertia') ? [vx * 150, vy * 150] : [0, 0]
        const [endX, endY] = along(dx + thrownX, dy + thrownY)
        const outside = x !== hold(x, box.x, false) || y !== hold(y, box.y, false)
        if (!outside && thrownX === 0 && thrownY === 0) return
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
        host.element.setAttribute('direction', host.text('direction'))
        if (changed === null) return
        if (changed.has('x') || changed.has('y')) place(true)
        else draw(false)
        if (changed.has('scaleValue')) host.emit('scale', { x, y, scale: scale() })
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
