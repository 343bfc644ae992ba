// One finger or the mouse, dragged: shared by swiper, slider, wheel, movable-view and refresher.
//
// Pointer events with `touch-action`: the browser keeps scrolling the other axis by itself, and nothing here has to
// be a blocking touch listener.

/** The axis a drag listens to. */
export type Axis = 'x' | 'y' | 'both'

/** A drag in progress, in CSS pixels since it began. */
export interface Drag {
  dx: number
  dy: number
  /** Speed over the last moments, pixels per millisecond. */
  vx: number
  vy: number
  /** Where the finger is, in the viewport. */
  x: number
  y: number
  time: number
}

/** What a component does during a drag. */
export interface DragHandlers {
  /** The finger is down. Return false to let it pass. */
  press?(event: PointerEvent): boolean | void
  /** The finger has moved far enough along the axis: the drag is ours. Return false to leave it to somebody else. */
  start?(drag: Drag): boolean | void
  move?(drag: Drag): void
  /** The finger was lifted, or the browser took the drag away (`cancelled`). */
  end?(drag: Drag, cancelled: boolean): void
  /** The finger was lifted without a drag. */
  release?(event: PointerEvent): void
}

const SLOP = 6
/** Which element owns a pointer: the innermost that wants it, for nested swipers. */
const owners = new Map<number, Element>()

/** Speed between the oldest and the newest of the last samples. */
export function speed(samples: readonly { at: number; x: number; y: number }[]): { vx: number; vy: number } {
  const first = samples[0]
  const last = samples[samples.length - 1]
  if (!first || !last || last.at <= first.at) return { vx: 0, vy: 0 }
  const time = last.at - first.at
  return { vx: (last.x - first.x) / time, vy: (last.y - first.y) / time }
}

/** Listens for drags that begin on `target`. `axis` is asked at the start of each. */
export function onDrag(target: HTMLElement, axis: () => Axis | null, handlers: DragHandlers): void {
  let pointer: number | null = null
  let begun = false
  let startX = 0
  let startY = 0
  let samples: { at: number; x: number; y: number }[] = []

  const drag = (event: PointerEvent): Drag => {
    const { vx, vy } = speed(samples)
    const { clientX: x, clientY: y, timeStamp: time } = event
    return { dx: x - startX, dy: y - startY, vx, vy, x, y, time }
  }
  const finish = (): void => {
    if (pointer !== null && owners.get(pointer) === target) owners.delete(pointer)
    pointer = null
    begun = false
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', up)
    window.removeEventListener('pointercancel', cancel)
  }
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== pointer) return
    const owner = owners.get(event.pointerId)
    if (owner !== undefined && owner !== target) return finish()
    samples = samples.filter(({ at }) => event.timeStamp - at < 100)
    samples.push({ at: event.timeStamp, x: event.clientX, y: event.clientY })
    const now = drag(event)
    if (!begun) {
      const wanted = axis()
      const far = Math.max(Math.abs(now.dx), Math.abs(now.dy))
      if (far < SLOP) return
      const horizontal = Math.abs(now.dx) > Math.abs(now.dy)
      if (wanted === null || (wanted === 'x' && !horizontal) || (wanted === 'y' && horizontal))
        return finish()
      if (handlers.start?.(now) === false) return finish()
      begun = true
      owners.set(event.pointerId, target)
    }
    handlers.move?.(now)
  }
  const up = (event: PointerEvent): void => {
    if (event.pointerId !== pointer) return
    // A finger that rests before it is lifted throws nothing.
    samples = samples.filter(({ at }) => event.timeStamp - at < 100)
    const now = drag(event)
    const wasBegun = begun
    finish()
    if (wasBegun) handlers.end?.(now, false)
    else handlers.release?.(event)
  }
  const cancel = (event: PointerEvent): void => {
    if (event.pointerId !== pointer) return
    const now = drag(event)
    const wasBegun = begun
    finish()
    if (wasBegun) handlers.end?.(now, true)
  }

  target.addEventListener('pointerdown', (event) => {
    if (pointer !== null || event.button !== 0 || axis() === null) return
    if (handlers.press?.(event) === false) return
    pointer = event.pointerId
    startX = event.clientX
    startY = event.clientY
    samples = [{ at: event.timeStamp, x: startX, y: startY }]
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('pointercancel', cancel)
  })
  // A picture under the mouse would start the browser's own drag.
  target.addEventListener('dragstart', (event) => event.preventDefault())
}

/** A finger on an element that scrolls by itself: touches, and the mouse where there are none. */
export interface FingerHandlers {
  down?(x: number, y: number, event: Event): void
  /** True takes the movement from the browser, which then does not scroll. */
  move?(x: number, y: number, event: Event): boolean | void
  up?(event: Event): void
}

/**
 * Listens to one finger or the mouse. Other than `onDrag` it also works where the browser scrolls: the browser then
 * ends pointer events, but not touch events.
 */
export function onFinger(target: HTMLElement, { down, move, up }: FingerHandlers): void {
  const on = (type: string, listener: (event: TouchEvent) => void, passive = true): void =>
    target.addEventListener(type, listener as EventListener, { passive })
  on('touchstart', (event) => {
    const touch = event.touches[0]
    if (touch && event.touches.length === 1) down?.(touch.clientX, touch.clientY, event)
  })
  on(
    'touchmove',
    (event) => {
      const touch = event.touches[0]
      if (touch && move?.(touch.clientX, touch.clientY, event) && event.cancelable) event.preventDefault()
    },
    false,
  )
  on('touchend', (event) => up?.(event))
  on('touchcancel', (event) => up?.(event))

  const moved = (event: PointerEvent): void => void move?.(event.clientX, event.clientY, event)
  const lifted = (event: PointerEvent): void => {
    window.removeEventListener('pointermove', moved)
    window.removeEventListener('pointerup', lifted)
    window.removeEventListener('pointercancel', lifted)
    up?.(event)
  }
  target.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' || event.button !== 0) return
    window.addEventListener('pointermove', moved)
    window.addEventListener('pointerup', lifted)
    window.addEventListener('pointercancel', lifted)
    down?.(event.clientX, event.clientY, event)
  })
}
