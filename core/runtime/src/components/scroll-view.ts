// scroll-view: a scrolling box with WeChat's events and pull-down refresher.
import { element } from './dom'
import { length } from './icon'
import type { Definition, Host } from './host'
import { onFinger, speed } from './gesture'
import { hostOf } from './host'
import { createRefresher } from './refresher'
import { edgesReached, type Edge, type Measure } from './scroll-edges'

/** What `SelectorQuery.node()` gives for a scroll-view with `enhanced`. */
export interface ScrollViewContext {
  scrollEnabled: boolean
  bounces: boolean
  showScrollbar: boolean
  pagingEnabled: boolean
  fastDeceleration: boolean
  decelerationDisabled: boolean
  scrollTo(options: {
    top?: number
    left?: number
    animated?: boolean
    duration?: number
    velocity?: number
  }): void
  scrollIntoView(
    selector: string,
    options?: { offset?: number; animated?: boolean; alignment?: string },
  ): void
  triggerRefresh(options?: object): void
  closeRefresh(): void
  triggerTwoLevel(options?: object): void
  closeTwoLevel(options?: object): void
}

/** Without movement for so long (milliseconds), scrolling has ended. */
const REST = 120

/** `<scroll-view>`. */
export const scrollView: Definition = {
  tag: 'scroll-view',
  properties: {
    scrollX: [Boolean],
    scrollY: [Boolean],
    upperThreshold: [null, 50],
    lowerThreshold: [null, 50],
    scrollTop: [null],
    scrollLeft: [null],
    scrollIntoView: [String],
    scrollIntoViewOffset: [Number],
    scrollIntoViewAlignment: [String, 'start'],
    scrollIntoViewWithinExtent: [Boolean],
    scrollWithAnimation: [Boolean],
    enablePassive: [null],
    enableFlex: [Boolean],
    scrollAnchoring: [Boolean],
    usingSticky: [Boolean],
    type: [String, 'list'],
    clip: [Boolean, true],
    padding: [null],
    enhanced: [Boolean],
    bounces: [Boolean, true],
    showScrollbar: [Boolean, true],
    pagingEnabled: [Boolean],
    fastDeceleration: [Boolean],
    refresherEnabled: [Boolean],
    refresherThreshold: [Number, 45],
    refresherDefaultStyle: [String, 'black'],
    refresherBackground: [String],
    refresherTriggered: [Boolean],
  },
  create(host) {
    const scroller = element('div', 'lg-scroll', host.element)
    // The keyboard scrolls what has the focus; older engines give a box that scrolls none of itself.
    scroller.tabIndex = 0
    const content = element('div', 'lg-scroll-content', scroller)
    const refresher = createRefresher(host, scroller, content)
    let last: Measure | null = null
    let enabled = true

    const measure = (): Measure => ({
      top: scroller.scrollTop,
      left: scroller.scrollLeft,
      height: scroller.scrollHeight,
      width: scroller.scrollWidth,
      viewHeight: scroller.clientHeight,
      viewWidth: scroller.clientWidth,
    })
    const threshold = (name: string): number => {
      const value = pixels(host.values[name], scroller)
      return Number.isFinite(value) ? value : 50
    }
    let rest: ReturnType<typeof setTimeout> | undefined
    scroller.addEventListener(
      'scroll',
      () => {
        const at = (): object => ({ scrollTop: scroller.scrollTop, scrollLeft: scroller.scrollLeft })
        if (rest === undefined) host.emit('scrollstart', at())
        clearTimeout(rest)
        rest = setTimeout(() => {
          rest = undefined
          host.emit('scrollend', at())
        }, REST)
        const now = measure()
        const before = last ?? { ...now, top: 0, left: 0 }
        last = now
        const { top: scrollTop, left: scrollLeft, height: scrollHeight, width: scrollWidth } = now
        const deltaX = before.left - scrollLeft
        const deltaY = before.top - scrollTop
        host.emit('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX, deltaY })
        const [upper, lower] = [threshold('upperThreshold'), threshold('lowerThreshold')]
        const axes = { x: host.flag('scrollX'), y: host.flag('scrollY') }
        for (const edge of edgesReached(before, now, upper, lower, axes)) reached(host, edge)
      },
      { passive: true },
    )

    const scrollTo = (to: { top?: number; left?: number }, animated: boolean): void => {
      scroller.scrollTo({ ...to, behavior: animated ? 'smooth' : 'auto' })
    }
    const intoView = (target: Element, offset: number, animated: boolean, alignment: string): void => {
      const box = target.getBoundingClientRect()
      const view = scroller.getBoundingClientRect()
      const inside =
        box.top >= view.top && box.bottom <= view.bottom && box.left >= view.left && box.right <= view.right
      if (inside && host.flag('scrollIntoViewWithinExtent')) return
      const share = alignment === 'center' ? 0.5 : alignment === 'end' ? 1 : 0
      const top = scroller.scrollTop + box.top - view.top - (view.height - box.height) * share + offset
      const left = scroller.scrollLeft + box.left - view.left - (view.width - box.width) * share + offset
      scrollTo(
        { ...(host.flag('scrollY') ? { top } : {}), ...(host.flag('scrollX') ? { left } : {}) },
        animated,
      )
    }
    const byId = (id: string): Element | null => {
      const node = hostOf(host.component.ownerShadowRoot?.getElementById(id))?.element
      const other = host.component.ownerShadowRoot?.getElementById(id)?.getBackendElement()
      return node ?? (other as unknown as Element | null | undefined) ?? null
    }
    const apply = (names: readonly string[]): void => {
      const animated = host.flag('scrollWithAnimation')
      for (const [name, side] of [
        ['scrollTop', 'top'],
        ['scrollLeft', 'left'],
      ] as const) {
        const value = host.values[name]
        if (!names.includes(name) || value === undefined || value === null || value === '') continue
        const to = pixels(value, scroller)
        if (Number.isFinite(to)) scrollTo({ [side]: to }, animated)
      }
      const id = host.text('scrollIntoView')
      if (!names.includes('scrollIntoView') || id === '') return
      // `setData` may have created the target in the same go: it is in the document a moment later.
      const go = (): void => {
        const target = byId(id)
        const offset = host.number('scrollIntoViewOffset')
        if (target) intoView(target, offset, animated, host.text('scrollIntoViewAlignment'))
      }
      if (byId(id) && host.isAttached) go()
      requestAnimationFrame(go)
    }

    const context = scrollContext(host, {
      scrollTo,
      intoView,
      find: (selector) => {
        const found = host.component.ownerShadowRoot?.querySelector(selector)?.getBackendElement()
        return (found as unknown as Element | null | undefined) ?? null
      },
      enable: (state) => {
        enabled = state
        style()
      },
      isEnabled: () => enabled,
    })
    const style = (): void => {
      const classes = host.element.classList
      scroller.style.overflowX = host.flag('scrollX') && enabled ? 'auto' : 'hidden'
      scroller.style.overflowY = host.flag('scrollY') && enabled ? 'auto' : 'hidden'
      const padding = host.values.padding
      content.style.padding = Array.isArray(padding) ? padding.map((side) => length(side)).join(' ') : ''
      classes.toggle('lg-unclipped', !host.flag('clip'))
      classes.toggle('lg-no-bar', host.flag('enhanced') && !host.flag('showScrollbar'))
      scroller.style.overflowAnchor = host.flag('scrollAnchoring') ? 'auto' : 'none'
      classes.toggle('lg-flex', host.flag('enableFlex'))
      classes.toggle('lg-sticky', host.flag('usingSticky') || host.text('type') === 'custom')
      classes.toggle('lg-no-bounce', host.flag('enhanced') && !host.flag('bounces'))
      classes.toggle('lg-paging', host.flag('enhanced') && host.flag('pagingEnabled'))
    }
    dragEvents(host, scroller)

    return {
      slot: content,
      scroller,
      node: () => context,
      update(changed) {
        style()
        refresher.update()
        if (changed) apply([...changed])
      },
      detached() {
        refresher.detached()
        clearTimeout(rest)
      },
      attached() {
        refresher.attached()
        // Children and layout exist only now.
        requestAnimationFrame(() => apply(['scrollTop', 'scrollLeft', 'scrollIntoView']))
      },
    }
  },
}

function reached(host: Host, edge: Edge): void {
  const upper = edge === 'top' || edge === 'left'
  host.emit(upper ? 'scrolltoupper' : 'scrolltolower', { direction: edge })
}

/** `scroll-top` takes a number or a length; rpx and vw are measured, px and numbers are not. */
function pixels(value: unknown, beside: HTMLElement): number {
  const text = length(value)
  if (text.endsWith('px')) return parseFloat(text)
  const share = /^(-?[\d.]+)(vw|vh|rem)$/.exec(text)
  if (!share) return parseFloat(text)
  const units: Record<string, number> = {
    vw: window.innerWidth / 100,
    vh: window.innerHeight / 100,
    rem: parseFloat(getComputedStyle(beside.ownerDocument.documentElement).fontSize) || 16,
  }
  return parseFloat(share[1] ?? '0') * (units[share[2] ?? 'vw'] ?? 1)
}

/** `dragstart`, `dragging` and `dragend`, which WeChat fires for `enhanced` ones. */
function dragEvents(host: Host, scroller: HTMLElement): void {
  let samples: { at: number; x: number; y: number }[] = []
  let dragging = false
  const tell = (name: string): void => {
    const { vx: x, vy: y } = speed(samples)
    const { scrollTop, scrollLeft } = scroller
    if (host.flag('enhanced')) host.emit(name, { scrollTop, scrollLeft, velocity: { x, y } })
  }
  onFinger(scroller, {
    down: (x, y, { timeStamp: at }) => {
      samples = [{ at, x, y }]
      dragging = false
    },
    move: (x, y, { timeStamp: at }) => {
      samples = samples.filter((sample) => at - sample.at < 100)
      samples.push({ at, x, y })
      tell(dragging ? 'dragging' : 'dragstart')
      dragging = true
    },
    up: () => {
      if (dragging) tell('dragend')
      dragging = false
    },
  })
}

function scrollContext(
  host: Host,
  does: {
    scrollTo(to: { top?: number; left?: number }, animated: boolean): void
    intoView(target: Element, offset: number, animated: boolean, alignment: string): void
    find(selector: string): Element | null
    enable(state: boolean): void
    isEnabled(): boolean
  },
): ScrollViewContext {
  const property = (name: string) => ({
    get: () => host.flag(name),
    set: (value: unknown) => host.set({ [name]: !!value }),
    enumerable: true,
  })
  const context = {
    scrollTo: ({ top, left, animated = true }: { top?: number; left?: number; animated?: boolean }) =>
      does.scrollTo(
        { ...(top === undefined ? {} : { top }), ...(left === undefined ? {} : { left }) },
        animated,
      ),
    scrollIntoView: (
      selector: string,
      {
        offset = 0,
        animated = true,
        alignment = 'start',
      }: { offset?: number; animated?: boolean; alignment?: string } = {},
    ) => {
      const target = does.find(selector)
      if (target) does.intoView(target, offset, animated, alignment)
    },
    triggerRefresh: () => host.set({ refresherTriggered: true }),
    closeRefresh: () => host.set({ refresherTriggered: false }),
    triggerTwoLevel: () => host.env.missing('ScrollViewContext.triggerTwoLevel'),
    closeTwoLevel: () => host.env.missing('ScrollViewContext.closeTwoLevel'),
    decelerationDisabled: false,
  }
  Object.defineProperties(context, {
    scrollEnabled: { get: does.isEnabled, set: (value: unknown) => does.enable(!!value), enumerable: true },
    bounces: property('bounces'),
    showScrollbar: property('showScrollbar'),
    pagingEnabled: property('pagingEnabled'),
    fastDeceleration: property('fastDeceleration'),
  })
  return context as unknown as ScrollViewContext
}
