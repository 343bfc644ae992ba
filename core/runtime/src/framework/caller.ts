// What WeChat gives to every page and component and that the adapter lacks, or measures another way.
import { component } from 'glass-easel-miniprogram-adapter'
import type * as glassEasel from 'glass-easel'
import { SelectorQuery } from '../api/selector-query'
import { WxIntersectionObserver, WxMediaQueryObserver } from '../api/observers'
import { channelPair, type EventChannel } from './event-channel'
import { domOf } from './dom'
import { pageOf, type Page } from './page'
import type { PageStack } from './page-stack'
import type { Reporter } from './reporter'
import { keyframe, type Keyframe } from './keyframes'
import { followScroll, type ScrollTimeline } from './scroll-timeline'

interface Caller {
  _$: glassEasel.GeneralComponent
}

/** Adds them to the one prototype of all callers. */
export function extendCallers(reporter: Reporter, stack: () => PageStack, router: object): void {
  const prototype = component.ComponentCaller.prototype as unknown as Record<string, unknown>
  const setData = prototype['setData'] as (this: Caller, data: object, callback?: () => void) => void
  const pageOfCaller = (caller: Caller): Page | undefined => {
    let at: glassEasel.GeneralComponent | undefined = caller._$
    for (; at?.ownerShadowRoot; at = at.ownerShadowRoot.getHostNode()) continue
    return pageOf((at?.getMethodCaller() ?? caller) as object)
  }
  const methods: Record<string, unknown> & ThisType<Caller> = {
    setData(data: unknown, callback?: () => void) {
      if (data === null || typeof data !== 'object') {
        reporter.error(new TypeError('setData needs an object'), this._$.is)
        return
      }
      setData.call(this, data, callback)
    },
    createSelectorQuery() {
      return new SelectorQuery(this._$, reporter)
    },
    createIntersectionObserver(options: WechatMiniprogram.CreateIntersectionObserverOption = {}) {
      return new WxIntersectionObserver(this._$, options, reporter)
    },
    createMediaQueryObserver: () => new WxMediaQueryObserver(reporter),
    getTabBar() {
      return (pageOfCaller(this) ?? stack().top)?.tabBar ?? null
    },
    getPageId() {
      return `pageId:${pageOfCaller(this)?.id ?? 0}`
    },
    getOpenerEventChannel(): EventChannel {
      const page = pageOfCaller(this)
      if (!page) return channelPair()[0]
      // A page that nobody opened gets a channel that leads nowhere.
      page.opener ??= channelPair()[0]
      return page.opener
    },
    animate(selector: string, frames: Keyframe[], duration: number, last?: (() => void) | ScrollTimeline) {
      const shadow = this._$.getShadowRoot()
      const node = domOf(shadow?.querySelector(selector))
      if (!node) return
      const animation = node.animate(frames.map(keyframe), { duration, fill: 'forwards' })
      if (typeof last === 'function') animation.onfinish = () => void reporter.guard('animate', last)
      else if (last) followScroll(animation, domOf(shadow?.querySelector(last.scrollSource)), last)
    },
    clearAnimation(selector: string, options?: unknown, done?: () => void) {
      const node = domOf(this._$.getShadowRoot()?.querySelector(selector))
      for (const animation of node?.getAnimations?.() ?? []) animation.cancel()
      const run = typeof options === 'function' ? (options as () => void) : done
      if (run) reporter.guard('clearAnimation', run)
    },
    // WeChat draws a first page from a cache with it; there is none here, and nothing depends on it.
    setInitialRenderingCache: () => undefined,
    setUpdatePerformanceListener: () => undefined,
    // Component libraries have two templates and choose by it; Lodger draws as WeChat's webview does.
    renderer: 'webview',
    applyAnimatedStyle: () => reporter.missing('Component.applyAnimatedStyle'),
    clearAnimatedStyle: () => reporter.missing('Component.clearAnimatedStyle'),
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true })
  }
  for (const name of ['pageRouter', 'router']) {
    Object.defineProperty(prototype, name, { get: () => router, configurable: true })
  }
}
