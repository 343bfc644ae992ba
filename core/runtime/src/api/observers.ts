// wx.createIntersectionObserver and wx.createMediaQueryObserver.
import type * as glassEasel from 'glass-easel'
import { domOf, glassElement } from '../framework/dom'
import { pageOrigin, pageView } from '../framework/page-origin'
import type { Reporter } from '../framework/reporter'
import { kebab } from '../framework/kebab'

type Component = glassEasel.GeneralComponent
type Margins = Partial<Record<'left' | 'right' | 'top' | 'bottom', number>>

type Options = WechatMiniprogram.CreateIntersectionObserverOption
type Entry = WechatMiniprogram.IntersectionObserverObserveCallbackResult

export class WxIntersectionObserver implements WechatMiniprogram.IntersectionObserver {
  readonly #component: Component | undefined
  readonly #options: Options
  readonly #reporter: Reporter
  #root: Element | null = null
  #margins: Margins = {}
  #observers: IntersectionObserver[] = []

  constructor(component: Component | undefined, options: Options, reporter: Reporter) {
    this.#component = component
    this.#options = options
    this.#reporter = reporter
  }

  relativeTo(selector: string, margins: Margins = {}): this {
    this.#root = domOf(this.#component?.getShadowRoot()?.querySelector(selector))
    this.#margins = margins
    return this
  }

  relativeToViewport(margins: Margins = {}): this {
    this.#root = null
    this.#margins = margins
    return this
  }

  observe(selector: string, listener: (entry: Entry) => void): void {
    const root = this.#component?.getShadowRoot()
    const first = root?.querySelector(selector)
    const targets = this.#options.observeAll ? (root?.querySelectorAll(selector) ?? []) : first ? [first] : []
    const { top = 0, right = 0, bottom = 0, left = 0 } = this.#margins
    // Whether the first report is of a change, compared with `initialRatio`.
    const known = new Map<Element, number>()
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const before = known.get(entry.target) ?? this.#options.initialRatio ?? 0
          const first = !known.has(entry.target)
          known.set(entry.target, entry.intersectionRatio)
          if (first && before === entry.intersectionRatio && !entry.isIntersecting) continue
          this.#reporter.guard('IntersectionObserver', () => listener(describe(entry)))
        }
      },
      {
        root: this.#root ?? pageView(domOf(this.#component)),
        rootMargin: [top, right, bottom, left].map((margin) => `${margin}px`).join(' '),
        threshold: this.#options.thresholds ?? [0],
      },
    )
    for (const target of targets) {
      const node = domOf(target)
      if (node) observer.observe(node)
    }
    this.#observers.push(observer)
  }

  disconnect(): void {
    for (const observer of this.#observers.splice(0)) observer.disconnect()
  }
}

function describe(entry: IntersectionObserverEntry): Entry {
  const element = glassElement(entry.target)
  const origin = pageOrigin(entry.target)
  const moved = (box: DOMRectReadOnly | null): WechatMiniprogram.BoundingClientRectResult => {
    const { left = 0, top = 0, right = 0, bottom = 0, width = 0, height = 0 } = box ?? {}
    return {
      left: left - origin.left,
      top: top - origin.top,
      right: right - origin.left,
      bottom: bottom - origin.top,
      width,
      height,
    }
  }
  return {
    id: element?.id ?? '',
    dataset: element?.dataset ?? {},
    intersectionRatio: entry.intersectionRatio,
    intersectionRect: moved(entry.intersectionRect),
    boundingClientRect: moved(entry.boundingClientRect),
    relativeRect: moved(entry.rootBounds),
    time: Date.now(),
  }
}

export class WxMediaQueryObserver implements WechatMiniprogram.MediaQueryObserver {
  readonly #reporter: Reporter
  #stop: (() => void)[] = []

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  observe(
    query: WechatMiniprogram.ObserveDescriptor,
    listener: WechatMiniprogram.MediaQueryObserverObserveCallback,
  ): void {
    const parts = Object.entries(query ?? {}).map(([name, value]) => {
      const feature = kebab(name)
      return typeof value === 'number' ? `(${feature}: ${value}px)` : `(${feature}: ${value})`
    })
    const list = matchMedia(parts.join(' and ') || 'all')
    const tell = (): void =>
      void this.#reporter.guard('MediaQueryObserver', () => listener({ matches: list.matches }))
    list.addListener(tell)
    this.#stop.push(() => list.removeListener(tell))
    setTimeout(tell, 0)
  }

  disconnect(): void {
    for (const stop of this.#stop.splice(0)) stop()
  }
}
