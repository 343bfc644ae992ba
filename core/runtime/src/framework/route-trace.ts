// One navigation as it is worked off, step by step: told to `wx.onBeforeAppRoute` and its kin, and to the timeline.
import type { RoutePage } from './launch'
import type { Timeline } from './timeline'

/** Steps in WeChat's order and names; `PageReady` is ours. */
export type RouteStep =
  | 'BeforeAppRoute'
  | 'BeforePageUnload'
  | 'AfterPageUnload'
  | 'BeforePageLoad'
  | 'AfterPageLoad'
  | 'AppRoute'
  | 'AppRouteDone'
  | 'PageReady'

/** What a step is about: the page that is left or shown, and its object once there is one. */
export interface StepPage extends RoutePage {
  object?: object | undefined
}

let routes = 0

export class RouteTrace {
  readonly #emit: (event: string, value: object) => void
  readonly #timeline: Timeline
  readonly #type: string
  readonly #id = `route-${(routes += 1)}`
  readonly #times = new Map<RouteStep, number>()

  /** `type` is the function that caused it, or `appLaunch`. */
  constructor(emit: (event: string, value: object) => void, timeline: Timeline, type: string) {
    this.#emit = emit
    this.#timeline = timeline
    this.#type = type
  }

  /** Tells one step. */
  tell(step: RouteStep, { id, path, query, object }: StepPage): void {
    const now = this.#timeline.now()
    this.#times.set(step, now)
    const since = (from: RouteStep): { startTime: number; duration: number } => {
      const startTime = this.#times.get(from) ?? now
      return { startTime, duration: now - startTime }
    }
    const about = { path, pageId: id }
    if (step === 'AppRoute') {
      const route = since('BeforeAppRoute')
      const { startTime: navigationStart } = route
      const more = { ...about, navigationStart, navigationType: this.#type }
      this.#timeline.add({ entryType: 'navigation', name: 'route', ...route, ...more })
    }
    if (step === 'PageReady') {
      const render = since('BeforePageLoad')
      const more = { ...about, viewLayerReadyTime: render.startTime, viewLayerRenderEndTime: now }
      this.#timeline.add({ entryType: 'render', name: 'firstRender', ...render, ...more })
      return
    }
    this.#emit(step, {
      routeEventId: this.#id,
      openType: this.#type,
      path,
      query,
      webviewId: id,
      notFound: false,
      renderer: 'webview',
      componentFramework: 'glass-easel',
      timeStamp: Date.now(),
      ...(object && { page: object }),
    })
  }
}
