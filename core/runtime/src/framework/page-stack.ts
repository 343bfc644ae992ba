// The pages of the program, following the engine: it decides what the stack is (core/docs/bridge.md, `route`), this
// builds, shows, hides and ends pages so that the document agrees, in WeChat's order of callbacks.
import type { EventChannel } from './event-channel'
import type { RoutePage, WindowConfig } from './launch'
import { tabPath, type TabBar } from './tab-bar'
import { nextFrame } from './frames'
import { Page, type PageTools } from './page'
import { PageFrame } from './page-frame'
import type { RouteStep, RouteTrace, StepPage } from './route-trace'
import { barMetrics, type BarMetrics } from './navigation-bar'
import type { System } from './system'
import { pop, push } from './transition'

/** The engine's answer to a navigation, or its event `route`. */
export interface Route {
  type: string
  stack: RoutePage[]
  alive: number[]
}

/** What the stack asks of the rest of the program. */
export interface StackActions {
  /** The left button of the bar. */
  back(): void
  /** The home button: a page that was opened without the pages below it. */
  home(): void
  /** A page was shown for the first time and has run `onReady`. */
  ready(page: Page): void
  /** A navigation begins: who is told of its steps. */
  routing(type: string): RouteTrace
  /** The title of the top page may have changed. */
  titled(title: string): void
}

const CUSTOM_TAB_BAR = 'custom-tab-bar/index'

export class PageStack {
  readonly #container: HTMLElement
  readonly #tools: PageTools
  readonly #system: System
  readonly #tabBar: TabBar | undefined
  readonly #baseCss: string
  readonly #actions: StackActions
  readonly #pages = new Map<number, Page>()
  #stack: Page[] = []
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    container: HTMLElement,
    tools: PageTools,
    system: System,
    tabBar: TabBar | undefined,
    baseCss: string,
    actions: StackActions,
  ) {
    this.#container = container
    this.#tools = tools
    this.#system = system
    this.#tabBar = tabBar
    this.#baseCss = baseCss
    this.#actions = actions
  }

  /** The page on top. */
  get top(): Page | undefined {
    return this.#stack[this.#stack.length - 1]
  }

  /** Bottom first; only pages that are built. */
  get pages(): readonly Page[] {
    return this.#stack
  }

  /** Every page that lives, tab pages kept behind among them. */
  get all(): Page[] {
    return [...this.#pages.values()]
  }

  /** Resolves when no navigation is under way. */
  get settled(): Promise<unknown> {
    return this.#queue
  }

  /**
   * Makes the document agree with `route`; routes are worked off one after the other. Resolves with the top page once
   * it is shown (not when its transition ends); rejects if its package cannot be loaded.
   */
  apply(route: Route, opener?: EventChannel, exitState?: unknown): Promise<Page> {
    const done = this.#queue.then(() => this.#apply(route, opener, exitState))
    this.#queue = done.catch(() => undefined)
    return done
  }

  async #apply(route: Route, opener?: EventChannel, exitState?: unknown): Promise<Page> {
    const target = route.stack[route.stack.length - 1]
    if (!target) throw new Error('the engine sent an empty page stack')
    await this.#tools.loader.loadPackage(this.#tools.loader.packageOf(target.path))
    const trace = this.#actions.routing(route.type)
    const about = (step: RouteStep, { id, path, query }: StepPage, object?: object): void =>
      trace.tell(step, { id, path, query, object })
    const built = this.#pages.get(target.id)
    about('BeforeAppRoute', target, built?.object)
    const old = this.top
    const alive = new Set([...route.stack.map((page) => page.id), ...route.alive])
    const ended = this.#endOf(alive)
    if (old && !ended.includes(old) && old.id !== target.id) old.hide()
    for (const page of ended) {
      about('BeforePageUnload', page, page.object)
      this.#pages.delete(page.id)
      page.unload()
      about('AfterPageUnload', page)
    }
    const page = built ?? this.#make(target, route)
    if (opener) page.opener = opener
    if (!built) page.exitState = exitState
    // Pages below the top of a restored stack are built when they are shown.
    this.#stack = route.stack.flatMap((item) => this.#pages.get(item.id) ?? [])
    this.#bring(page)
    if (!built) {
      about('BeforePageLoad', target)
      this.#start(page)
      about('AfterPageLoad', target, page.object)
    }
    page.show()
    about('AppRoute', target, page.object)
    this.#move(page, old, ended, route.type, () => about('AppRouteDone', target, page.object))
    if (!built) {
      nextFrame(() => {
        this.#ready(page)
        about('PageReady', target)
      })
    }
    this.#actions.titled(page.frame.bar.title)
    return page
  }

  /** Pages that the route ends: top first, as WeChat unloads them. */
  #endOf(alive: Set<number>): Page[] {
    const inStack = [...this.#stack].reverse().filter((page) => !alive.has(page.id))
    const behind = this.all.filter((page) => !alive.has(page.id) && !inStack.includes(page))
    return [...inStack, ...behind]
  }

  #make(route: RoutePage, whole: Route): Page {
    const frame = this.#frame(route, whole)
    const page: Page = new Page(route, frame, this.#tools)
    this.#frames.set(frame, page)
    this.#pages.set(route.id, page)
    return page
  }

  readonly #frames = new WeakMap<PageFrame, Page>()

  #frame(route: RoutePage, whole: Route): PageFrame {
    const page = (): Page | undefined => this.#frames.get(frame)
    const frame: PageFrame = new PageFrame(
      this.#config(route.path),
      this.metrics(),
      this.#baseCss,
      this.#system.theme,
      {
        back: () => this.#actions.back(),
        home: () => this.#actions.home(),
        top: () => frame.scroller.scrollTo({ top: 0, behavior: 'smooth' }),
        scrolled: (scrollTop) => page()?.call('onPageScroll', { scrollTop }),
        reachedBottom: () => page()?.call('onReachBottom'),
        refresh: () => page()?.call('onPullDownRefresh'),
      },
    )
    const first = whole.stack.length <= 1
    const entry = this.#system.config.pages[0]
    const isHome = route.path === entry || this.#tabIndex(route.path) >= 0
    frame.bar.left = !first ? 'back' : isHome ? 'none' : 'home'
    return frame
  }

  /** Frame into the document, tab bar into the frame. */
  #bring(page: Page): void {
    const { element } = page.frame
    if (!element.isConnected) this.#container.append(element)
    page.frame.away = false
    const index = this.#tabIndex(page.path)
    if (index >= 0 && this.#tabBar && !this.#system.config.tabBar?.custom) {
      element.append(this.#tabBar.element)
      this.#tabBar.select(index)
    }
    page.frame.measure()
  }

  /** Builds the page and runs `onLoad`. A page that cannot be built stays empty, and its error is reported. */
  #start(page: Page): void {
    const { loader, reporter } = this.#tools
    reporter.guard(page.path, () => {
      page.build()
      if (
        this.#tabIndex(page.path) >= 0 &&
        this.#system.config.tabBar?.custom &&
        loader.has(CUSTOM_TAB_BAR)
      ) {
        page.buildTabBar(CUSTOM_TAB_BAR)
      }
    })
    page.call('onLoad', page.query)
  }

  #ready(page: Page): void {
    // It may have been closed in the meantime.
    if (!this.#pages.has(page.id)) return
    page.call('onReady')
    page.lifetime('routeDone')
    this.#actions.ready(page)
    this.#preload(page)
  }

  /** `preloadRule`: packages that are likely to be wanted after this page; the person never waits for them. */
  #preload(page: Page): void {
    const rule = this.#system.config.preloadRule?.[page.path]
    if (!rule || ((rule.network ?? 'wifi') === 'wifi' && this.#system.networkType !== 'wifi')) return
    for (const name of rule.packages)
      this.#tools.loader.loadPackage(name === '__APP__' ? 'main' : name).catch((error: unknown) => {
        this.#tools.reporter.error(error, `preloadRule of ${page.path}`)
      })
  }

  #move(page: Page, old: Page | undefined, ended: Page[], type: string, done: () => void): void {
    const others = ended.filter((item) => item !== old)
    for (const item of others) item.remove()
    for (const item of this.all) if (item !== page && item !== old) item.frame.away = true
    const finish = (): void => {
      for (const item of ended) item.remove()
      // Another navigation may have brought it back.
      if (old && old !== this.top && this.#pages.has(old.id)) old.frame.away = true
      done()
    }
    if (!old || old === page) return finish()
    if (type === 'navigateTo') void push(page.frame.element, old.frame.element).then(finish)
    else if (type === 'navigateBack') void pop(old.frame.element, page.frame.element).then(finish)
    else finish()
  }

  #tabIndex(path: string): number {
    const list = this.#system.config.tabBar?.list ?? []
    return list.findIndex((item) => tabPath(item) === path)
  }

  /** A tab was chosen: `onTabItemTap` of the page that is shown then. */
  tabTapped(index: number): void {
    const item = this.#tabBar?.item(index)
    if (item) this.top?.call('onTabItemTap', { index, pagePath: tabPath(item), text: item.text })
  }

  #config(path: string): WindowConfig {
    const { config } = this.#system
    return { ...config.window, ...config.pageConfigs?.[path] }
  }

  /** Where navigation bars are. */
  metrics(): BarMetrics {
    const system = this.#system
    return barMetrics(system.width, system.statusBarHeight, system.menuButton)
  }

  /** The program's style sheets have other texts. */
  restyle(): void {
    this.#tools.sheets.renew()
    for (const page of this.all) page.frame.restyle(this.#tools.sheets)
  }

  /** The theme has changed: colours that were set by name. */
  retheme(): void {
    for (const page of this.all) {
      page.frame.configure(this.#config(page.path), this.#system.theme)
      page.frame.restyle(this.#tools.sheets)
    }
  }

  /** The window has changed. */
  relayout(): void {
    for (const page of this.all) {
      page.frame.bar.layout(this.metrics())
      page.frame.measure()
    }
  }

  /** The program came to the front or left it. */
  set foreground(foreground: boolean) {
    if (foreground) this.top?.show()
    else this.top?.hide()
  }

  /** A component of another package has come: pages built before lack its style sheet. */
  addStyles(paths: string[]): void {
    for (const page of this.all) page.frame.addStyles(this.#tools.sheets, paths)
  }
}
