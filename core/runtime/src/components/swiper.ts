// swiper and swiper-item: pages side by side, moved by finger, mouse, timer or program.
import { setAria } from './aria'
import { element } from './dom'
import { onDrag } from './gesture'
import { hostOfElement, type Definition, type Host } from './host'
import { length } from './icon'
import {
  clampIndex,
  EASINGS,
  indexAt,
  lastPosition,
  nearestPosition,
  places,
  resist,
  settle,
} from './swiper-index'
import { lookup } from './table'

/** `<swiper-item>`. */
export const swiperItem: Definition = {
  tag: 'swiper-item',
  properties: { itemId: [String], skipHiddenItemLayout: [Boolean] },
}

/** `<swiper>`. */
export const swiper: Definition = {
  tag: 'swiper',
  properties: {
    indicatorDots: [Boolean],
    indicatorColor: [String, 'rgba(0, 0, 0, .3)'],
    indicatorActiveColor: [String, '#000000'],
    autoplay: [Boolean],
    current: [Number, 0],
    currentItemId: [String],
    interval: [Number, 5000],
    duration: [Number, 500],
    circular: [Boolean],
    vertical: [Boolean],
    previousMargin: [null, '0px'],
    nextMargin: [null, '0px'],
    snapToEdge: [Boolean],
    displayMultipleItems: [Number, 1],
    skipHiddenItemLayout: [Boolean],
    easingFunction: [String, 'default'],
    disableTouch: [Boolean],
  },
  create(host) {
    return new SwiperParts(host).instance()
  },
}

class SwiperParts {
  private readonly frame: HTMLElement
  private readonly track: HTMLElement
  private readonly dots: HTMLElement
  private items: Host[] = []
  private position = 0
  /** The item that events and dots report. */
  private index = 0
  private autoplayTimer: ReturnType<typeof setTimeout> | undefined
  private frameRequest = 0
  private dragStart: number | null = null
  private readonly observer: MutationObserver | undefined

  constructor(private readonly host: Host) {
    this.frame = element('div', 'lg-swiper-frame', host.element)
    this.track = element('div', 'lg-swiper-track', this.frame)
    this.dots = element('div', 'lg-swiper-dots', host.element)
    this.observer =
      typeof MutationObserver === 'undefined' ? undefined : new MutationObserver(() => this.collectItems())
    onDrag(host.element, () => (this.canDrag() ? this.axis() : null), {
      start: () => this.beginDrag(),
      move: ({ dx, dy }) => this.dragTo(this.host.flag('vertical') ? dy : dx),
      end: ({ vx, vy }) => this.endDrag(this.host.flag('vertical') ? vy : vx),
    })
  }

  instance() {
    return {
      slot: this.track,
      update: (changed: ReadonlySet<string> | null) => this.update(changed),
      attached: () => {
        this.observer?.observe(this.track, { childList: true })
        this.collectItems()
        this.schedule()
      },
      detached: () => {
        this.observer?.disconnect()
        clearInterval(this.autoplayTimer)
        cancelAnimationFrame(this.frameRequest)
      },
    }
  }

  private get count(): number {
    return this.items.length
  }
  private get visible(): number {
    return Math.max(1, Math.floor(this.host.number('displayMultipleItems', 1)))
  }
  /** WeChat does not loop when all items are in view. */
  private get circular(): boolean {
    return this.host.flag('circular') && this.count > this.visible
  }
  private axis(): 'x' | 'y' {
    return this.host.flag('vertical') ? 'y' : 'x'
  }
  private canDrag(): boolean {
    return !this.host.flag('disableTouch') && this.count > 0
  }

  private update(changed: ReadonlySet<string> | null): void {
    const { host } = this
    const vertical = host.flag('vertical')
    host.element.classList.toggle('lg-vertical', vertical)
    const [before, after] = [length(host.values.previousMargin), length(host.values.nextMargin)]
    const { style } = this.frame
    style.top = vertical ? before : '0'
    style.bottom = vertical ? after : '0'
    style.left = vertical ? '0' : before
    style.right = vertical ? '0' : after
    this.dots.style.display = host.flag('indicatorDots') ? '' : 'none'
    setAria(host, { role: 'region', 'aria-roledescription': 'carousel' })
    if (changed === null) return
    if (changed.has('currentItemId')) this.goTo(this.indexOfId(), '')
    else if (changed.has('current')) this.goTo(host.number('current'), '')
    if (changed.has('autoplay') || changed.has('interval')) this.schedule()
    this.layout()
  }

  private indexOfId(): number {
    const id = this.host.text('currentItemId')
    const found = this.items.findIndex((item) => item.text('itemId') === id)
    return found < 0 ? this.index : found
  }

  /** The children changed: keep the shown item if there is one still. */
  private collectItems(): void {
    const first = this.items.length === 0
    this.items = Array.from(this.track.children)
      .map((child) => hostOfElement(child))
      .filter((item): item is Host => item?.definition.tag === 'swiper-item')
    const wanted = first
      ? this.host.text('currentItemId')
        ? this.indexOfId()
        : this.host.number('current')
      : this.index
    this.stop()
    this.index = this.position = clampIndex(wanted, this.count, this.circular ? 1 : this.visible)
    this.layout()
  }

  private layout(): void {
    const share = 100 / this.visible
    const vertical = this.host.flag('vertical')
    const lies = places(this.count, this.position, this.visible, this.circular)
    this.items.forEach((item, index) => {
      const at = (lies[index] ?? index) * 100
      const size = vertical ? `width:100%;height:${share}%` : `width:${share}%;height:100%`
      item.style(`${size};transform:translate(${vertical ? `0,${at}%` : `${at}%,0`}) translateZ(0)`)
      // Screen readers and the keyboard see what the eye sees.
      const shown = index >= this.index && index < this.index + this.visible
      item.element.setAttribute('aria-hidden', String(!shown))
    })
    const shift = `calc(${-this.position * share}%${this.edge()})`
    this.track.style.transform = vertical ? `translate(0,${shift})` : `translate(${shift},0)`
    this.drawDots()
  }

  /** `snap-to-edge`: the first item has no margin before it, and the last none after it. */
  private edge(): string {
    const { host, count, visible, position } = this
    if (!host.flag('snapToEdge') || this.circular || count < 2) return ''
    const near = (place: number): number => Math.max(0, 1 - Math.abs(position - place))
    const [before, after] = [length(host.values.previousMargin), length(host.values.nextMargin)]
    return ` - ${before} * ${near(0)} + ${after} * ${near(lastPosition(count, visible))}`
  }

  private drawDots(): void {
    if (!this.host.flag('indicatorDots')) return
    while (this.dots.childElementCount > this.count) this.dots.lastElementChild?.remove()
    while (this.dots.childElementCount < this.count) element('div', 'lg-swiper-dot', this.dots)
    Array.from(this.dots.children).forEach((dot, index) => {
      const active = index >= this.index && index < this.index + this.visible
      const color = this.host.text(active ? 'indicatorActiveColor' : 'indicatorColor')
      ;(dot as HTMLElement).style.backgroundColor = color
    })
  }

  private beginDrag(): void {
    this.stop()
    clearInterval(this.autoplayTimer)
    this.dragStart = this.position
  }

  /** The extent of one item along the axis, in CSS pixels. */
  private extent(): number {
    const box = this.frame.getBoundingClientRect()
    return Math.max(1, (this.host.flag('vertical') ? box.height : box.width) / this.visible)
  }

  private dragTo(distance: number): void {
    if (this.dragStart === null) return
    const raw = this.dragStart - distance / this.extent()
    this.show(this.circular ? raw : resist(raw, this.count, this.visible))
  }

  private endDrag(velocity: number): void {
    const start = this.dragStart
    this.dragStart = null
    if (start === null) return
    const { count, visible, circular } = this
    this.animate(settle(Math.round(start), this.position, -velocity, { count, visible, circular }), 'touch')
    this.schedule()
  }

  /** Moves the view and reports how far it is from the current item. */
  private show(position: number): void {
    this.position = position
    this.layout()
    const away = (position - nearestPosition(this.index, position, this.count, this.circular)) * this.extent()
    const vertical = this.host.flag('vertical')
    this.host.emit('transition', { dx: vertical ? 0 : away, dy: vertical ? away : 0 })
  }

  private goTo(index: number, source: '' | 'autoplay'): void {
    // Items may come later than `current`; `collectItems` reads it then.
    if (this.count === 0) return
    const target = clampIndex(index, this.count, this.circular ? 1 : this.visible)
    if (target === this.index) return
    this.animate(nearestPosition(target, this.position, this.count, this.circular), source)
  }

  private animate(target: number, source: '' | 'autoplay' | 'touch'): void {
    this.stop()
    const from = this.position
    const before = this.index
    this.index = indexAt(target, this.count)
    const detail = {
      current: this.index,
      currentItemId: this.items[this.index]?.text('itemId') ?? '',
      source,
    }
    if (this.index !== before) {
      // The property follows, so that setting the old value again has an effect and `model:current` works.
      if (this.host.number('current') !== this.index) this.host.set({ current: this.index })
      this.host.emit('change', detail)
    }
    const duration =
      this.host.isAttached && !document.hidden ? Math.max(0, this.host.number('duration', 500)) : 0
    const ease = lookup(EASINGS, this.host.text('easingFunction')) ?? EASINGS.default!
    const finish = (): void => {
      this.position = this.index
      this.layout()
      this.host.emit('animationfinish', detail)
    }
    if (duration === 0 || from === target) return finish()
    let began: number | null = null
    const step = (now: number): void => {
      began ??= now
      const t = Math.min(1, (now - began) / duration)
      if (t >= 1) return finish()
      this.show(from + (target - from) * ease(t))
      this.frameRequest = requestAnimationFrame(step)
    }
    this.frameRequest = requestAnimationFrame(step)
  }

  private stop(): void {
    cancelAnimationFrame(this.frameRequest)
  }

  private schedule(): void {
    clearInterval(this.autoplayTimer)
    if (!this.host.flag('autoplay') || !this.host.isAttached) return
    const interval = Math.max(100, this.host.number('interval', 5000))
    this.autoplayTimer = setInterval(() => {
      // A swiper on a hidden page waits.
      if (this.count <= this.visible || this.host.element.offsetParent === null || document.hidden) return
      const next = this.index + 1
      if (this.circular) this.animate(Math.round(this.position) + 1, 'autoplay')
      else this.goTo(next > this.count - this.visible ? 0 : next, 'autoplay')
    }, interval)
  }
}
