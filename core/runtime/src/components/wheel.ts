// One column of a picker: a list that turns under a fixed line. Used by picker-view-column and the picker sheet.
import { onDrag } from './gesture'

/** What a wheel needs of its owner. */
export interface WheelOptions {
  /** The element that the finger turns. */
  view: HTMLElement
  /** The list that moves; its children are the items. */
  list: HTMLElement
  /** Height of an item in CSS pixels. */
  itemHeight(): number
  /** How many items there are. */
  count(): number
  /** The finger took the wheel. */
  onStart?(): void
  /** The wheel passed over an item while it turns. */
  onPass?(index: number): void
  /** The wheel stands still at an item. */
  onEnd?(index: number): void
}

/** Time of the run-out in milliseconds. */
const RUN_OUT = 300

/** The item where a wheel ends that is let go at `position` (in items) with `velocity` (items per millisecond). */
export function landing(position: number, velocity: number, count: number): number {
  const thrown = Math.abs(velocity) < 0.002 ? 0 : velocity * 180
  return Math.min(Math.max(0, count - 1), Math.max(0, Math.round(position + thrown)))
}

/** A turning column. */
export class Wheel {
  private position = 0
  private dragFrom: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private passed = 0
  /** Where a run-out ends, while there is one. */
  private landing: number | null = null

  constructor(private readonly options: WheelOptions) {
    const { view } = options
    onDrag(view, () => (options.count() > 0 ? 'y' : null), {
      start: () => {
        this.stop()
        this.dragFrom = this.position
        options.onStart?.()
      },
      move: ({ dy }) => this.turnTo((this.dragFrom ?? 0) - dy / options.itemHeight()),
      end: ({ vy }) => this.land(landing(this.position, -vy / options.itemHeight(), options.count())),
      release: (event) => this.tapped(event),
    })
    view.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        if (event.deltaY === 0) return
        options.onStart?.()
        this.land(landing(Math.round(this.position) + Math.sign(event.deltaY), 0, options.count()))
      },
      { passive: false },
    )
  }

  /** The item under the line. */
  get index(): number {
    return Math.max(0, Math.round(this.position))
  }

  /** Puts an item under the line at once. */
  show(index: number): void {
    if (this.dragFrom !== null) return
    this.stop()
    this.passed = this.position = Math.min(Math.max(0, this.options.count() - 1), Math.max(0, index))
    this.draw(0)
  }

  /** One item up or down, for the keyboard. */
  step(by: number): void {
    this.options.onStart?.()
    this.land(landing(Math.round(this.position) + by, 0, this.options.count()))
  }

  /** Ends timers. */
  stop(): void {
    clearTimeout(this.timer)
    this.landing = null
  }

  /** A tap above or below the line turns to the item there. */
  private tapped(event: PointerEvent): void {
    const box = this.options.view.getBoundingClientRect()
    const away = Math.round((event.clientY - box.top - box.height / 2) / this.options.itemHeight())
    if (away === 0) return
    this.options.onStart?.()
    this.land(landing(Math.round(this.position) + away, 0, this.options.count()))
  }

  private turnTo(position: number): void {
    const last = Math.max(0, this.options.count() - 1)
    this.position = position < 0 ? position / 3 : position > last ? last + (position - last) / 3 : position
    this.draw(0)
    const index = Math.min(last, Math.max(0, Math.round(this.position)))
    if (index !== this.passed) {
      this.passed = index
      this.options.onPass?.(index)
    }
  }

  private land(index: number): void {
    this.dragFrom = null
    this.position = index
    this.passed = index
    this.draw(RUN_OUT)
    clearTimeout(this.timer)
    this.landing = index
    this.timer = setTimeout(() => this.finish(), RUN_OUT)
  }

  /** Ends a run-out at once: what it runs towards is chosen. */
  finish(): void {
    clearTimeout(this.timer)
    const index = this.landing
    this.landing = null
    if (index !== null) this.options.onEnd?.(index)
  }

  private draw(duration: number): void {
    const { style } = this.options.list
    style.transition = duration > 0 ? `transform ${duration}ms cubic-bezier(.2, .7, .3, 1)` : 'none'
    // In a hidden picker the height of an item is not known yet; the style sheet's variable is.
    style.transform = `translateY(calc(var(--lg-item, 34px) * ${-this.position}))`
  }
}
