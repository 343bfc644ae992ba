// Fingers and mouse to WeChat's events: touchstart, touchmove, touchend, touchcancel, tap, longpress, longtap.
//
// One set of listeners on the window's root, in the capture phase. A mouse (desktop host, browser) acts as one
// finger. After a touch the browser sends mouse events for old pages; those are told apart by the time.
import type { Element as GlassElement } from 'glass-easel'
import { stoppedEvents, type Backend } from './backend'
import { glassElement, hasListener } from './dom'
import { gestures, touchPoint, type TouchPoint } from './wechat-event'

/** A finger that moves further than this (CSS pixels) makes no tap. */
const TAP_DISTANCE = 10
/** A finger that rests this long (milliseconds) makes a long press. */
const LONG_PRESS = 350
/** Mouse events this soon (milliseconds) after a touch are the browser's imitation of that touch. */
const IMITATION = 700
const MOUSE = 0

interface Finger {
  node: Element
  target: GlassElement
  x: number
  y: number
  moved: boolean
  longPressed: boolean
  timer: ReturnType<typeof setTimeout>
}

interface Point {
  identifier: number
  clientX: number
  clientY: number
  force?: number
}

export class Gestures {
  readonly #backend: Backend
  readonly #fingers = new Map<number, Finger>()
  #lastTouch = -IMITATION
  #onGesture: () => void = () => undefined

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Starts listening on `root`. */
  listen(root: HTMLElement): void {
    const passive = { capture: true, passive: true }
    root.addEventListener('touchstart', (event) => this.#touch(event, 'touchstart'), passive)
    root.addEventListener('touchmove', (event) => this.#touch(event, 'touchmove'), passive)
    root.addEventListener('touchend', (event) => this.#touch(event, 'touchend'), passive)
    root.addEventListener('touchcancel', (event) => this.#touch(event, 'touchcancel'), passive)
    root.addEventListener('mousedown', (event) => this.#mouse(event, 'touchstart'), passive)
    // On the window: the button may be let go outside of what it was pressed on.
    window.addEventListener('mousemove', (event) => this.#mouse(event, 'touchmove'), passive)
    window.addEventListener('mouseup', (event) => this.#mouse(event, 'touchend'), passive)
    window.addEventListener('blur', () => this.cancel())
  }

  /** Calls `listener` at each end of a tap: APIs that want a person's gesture look at it. */
  onTap(listener: () => void): void {
    this.#onGesture = listener
  }

  /** Forgets all fingers: a page transition begins, or something else took the gesture over. */
  cancel(): void {
    for (const finger of this.#fingers.values()) clearTimeout(finger.timer)
    this.#fingers.clear()
  }

  #touch(event: TouchEvent, type: string): void {
    this.#lastTouch = event.timeStamp
    const changed = Array.from(event.changedTouches)
    const first = changed[0]
    const node = first && (this.#fingers.get(first.identifier)?.node ?? elementAt(event))
    if (!node) return
    const touches = Array.from(event.touches, (touch) => touchPoint(touch.identifier, touch, node))
    this.#handle(event, type, node, changed, touches)
  }

  #mouse(event: MouseEvent, type: string): void {
    if (event.timeStamp - this.#lastTouch < IMITATION) return
    if (type === 'touchstart' ? event.button !== 0 : !this.#fingers.has(MOUSE)) return
    const node = this.#fingers.get(MOUSE)?.node ?? elementAt(event)
    if (!node) return
    // The button was let go outside of the window.
    const released = type === 'touchmove' && event.buttons === 0
    const point = { identifier: MOUSE, clientX: event.clientX, clientY: event.clientY, force: 1 }
    const touches = type === 'touchend' || released ? [] : [touchPoint(MOUSE, point, node)]
    this.#handle(event, released ? 'touchcancel' : type, node, [point], touches)
  }

  #handle(event: Event, type: string, node: Element, changed: Point[], touches: TouchPoint[]): void {
    const changedTouches = changed.map((point) => touchPoint(point.identifier, point, node))
    gestures.set(event, { touches, changedTouches })
    if (type === 'touchstart') for (const point of changed) this.#start(event, node, point)
    const target = glassElement(node)
    if (!target) return
    if (type === 'touchmove') for (const point of changed) this.#move(point)
    if (this.#dispatch(target, type, {}, event)) stoppedEvents.add(event)
    if (type === 'touchend' || type === 'touchcancel') {
      for (const point of changed) this.#end(event, point, type === 'touchend')
    }
  }

  #start(event: Event, node: Element, point: Point): void {
    const target = glassElement(node)
    if (!target) return
    const finger: Finger = {
      node,
      target,
      x: point.clientX,
      y: point.clientY,
      moved: false,
      longPressed: false,
      timer: setTimeout(() => this.#longPress(event, finger, point), LONG_PRESS),
    }
    clearTimeout(this.#fingers.get(point.identifier)?.timer)
    this.#fingers.set(point.identifier, finger)
  }

  #move(point: Point): void {
    const finger = this.#fingers.get(point.identifier)
    if (!finger || finger.moved) return
    if (Math.hypot(point.clientX - finger.x, point.clientY - finger.y) <= TAP_DISTANCE) return
    finger.moved = true
    clearTimeout(finger.timer)
  }

  #longPress(event: Event, finger: Finger, point: Point): void {
    if (finger.moved || !finger.node.isConnected) return
    const { pageX: x, pageY: y } = touchPoint(point.identifier, point, finger.node)
    // With a handler for longpress there is no tap afterwards; without one the finger may rest as long as it likes.
    finger.longPressed = hasListener(finger.target, 'longpress')
    this.#dispatch(finger.target, 'longpress', { x, y }, event)
    this.#dispatch(finger.target, 'longtap', { x, y }, event)
  }

  #end(event: Event, point: Point, tapped: boolean): void {
    const finger = this.#fingers.get(point.identifier)
    if (!finger) return
    clearTimeout(finger.timer)
    this.#fingers.delete(point.identifier)
    if (!tapped || finger.moved || finger.longPressed || !finger.node.isConnected) return
    if (Math.hypot(point.clientX - finger.x, point.clientY - finger.y) > TAP_DISTANCE) return
    this.#onGesture()
    const { pageX: x, pageY: y } = touchPoint(point.identifier, point, finger.node)
    this.#dispatch(finger.target, 'tap', { x, y }, event)
  }

  #dispatch(target: GlassElement, type: string, detail: unknown, originalEvent: Event): boolean {
    return this.#backend.dispatch(target, type, detail, {
      originalEvent,
      bubbles: true,
      composed: true,
      capturePhase: true,
    })
  }
}

/** The innermost element of the event; pages are shadow trees, so `event.target` is only their frame. */
function elementAt(event: Event): Element | null {
  const inner = event.composedPath()[0]
  if (inner instanceof Element) return inner
  return inner instanceof Node ? inner.parentElement : null
}
