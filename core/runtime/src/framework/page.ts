// One page of the stack: its frame, its component tree, and its life.
import * as glassEasel from 'glass-easel'
import type { AssociatedBackend, CodeSpace, Root } from 'glass-easel-miniprogram-adapter'
import type { EventChannel } from './event-channel'
import type { Loader } from './loader'
import type { PageFrame } from './page-frame'
import type { Reporter } from './reporter'
import type { ProgramStyleSheets } from './style-sheets'
import type { RoutePage } from './launch'

/** The object that a program's `this` is in a page. */
export type PageCaller = Record<string, unknown> & { setData(data: Record<string, unknown>): void }

/** What a page is built with. */
export interface PageTools {
  space: CodeSpace
  backend: AssociatedBackend
  loader: Loader
  sheets: ProgramStyleSheets
  reporter: Reporter
}

/** The page that a caller belongs to: `getOpenerEventChannel`, `getTabBar` ask for it. */
const pages = new WeakMap<object, Page>()

/** The page whose `this` is `caller`, if it is a page. */
export function pageOf(caller: object): Page | undefined {
  return pages.get(caller)
}

export class Page {
  readonly id: number
  readonly path: string
  readonly query: Record<string, string>
  readonly frame: PageFrame
  readonly #tools: PageTools
  #root: Root | undefined
  #tabBar: Root | undefined
  #caller: PageCaller | undefined
  #visible = false
  /** `exitState` of the page's object: what it saved when the program was left on it. */
  exitState: unknown
  /** What to ask before the user may leave (`wx.enableAlertBeforeUnload`). */
  leaveMessage: string | undefined
  /** Whether the host's menu may share it (`wx.hideShareMenu`). */
  shareable = true
  /** Channel to the page that opened this one. */
  opener: EventChannel | undefined

  constructor(route: RoutePage, frame: PageFrame, tools: PageTools) {
    this.id = route.id
    this.path = route.path
    this.query = route.query
    this.frame = frame
    this.#tools = tools
  }

  /** The program's page object. Throws before {@link build}. */
  get caller(): PageCaller {
    if (!this.#caller) throw new Error(`page "${this.path}" is not built`)
    return this.#caller
  }

  /** The same, or undefined before {@link build}. */
  get object(): object | undefined {
    return this.#caller
  }

  /** The page's root component. */
  get component(): glassEasel.GeneralComponent | undefined {
    return this.#root?.getComponent()
  }

  /** The page's root component and that of its custom tab bar, as far as they are built. */
  get roots(): glassEasel.GeneralComponent[] {
    return [this.#root, this.#tabBar].flatMap((root) => (root ? [root.getComponent()] : []))
  }

  /** The custom tab bar's object, if the page has one. */
  get tabBar(): object | null {
    return this.#tabBar?.get() ?? null
  }

  /** Makes the component tree and puts it into the frame. */
  build(): void {
    const { loader } = this.#tools
    loader.loadComponent(this.path)
    const root = this.#create('page', this.path)
    this.#root = root
    const caller = root.get() as unknown as PageCaller
    this.#caller = caller
    pages.set(caller, this)
    const fields = { exitState: this.exitState, route: this.path, __route__: this.path, options: this.query }
    for (const [name, value] of Object.entries(fields)) {
      Object.defineProperty(caller, name, { value, writable: true, configurable: true, enumerable: true })
    }
    this.#setQueryProperties(root.getComponent())
    this.#attach(root, this.frame.scroller)
  }

  /** Makes the program's own tab bar, above the page. */
  buildTabBar(path: string): void {
    this.#tools.loader.loadComponent(path)
    this.#tabBar = this.#create('tab-bar', path)
    this.#attach(this.#tabBar, this.frame.root)
  }

  #create(tag: string, path: string): Root {
    const { backend, space, sheets } = this.#tools
    const { result, used } = sheets.record(() => backend.createRoot(tag, space, `/${path}`))
    this.frame.addStyles(sheets, used)
    return result
  }

  #attach(root: Root, parent: Node): void {
    const placeholder = document.createElement('i')
    parent.appendChild(placeholder)
    type Element = glassEasel.GeneralBackendElement
    root.attach(parent as unknown as Element, placeholder as unknown as Element)
  }

  /** A page made by `Component` gets the query into its properties. */
  #setQueryProperties(component: glassEasel.GeneralComponent): void {
    const data: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(this.query)) {
      if (glassEasel.Component.hasProperty(component, name)) data[name] = value
    }
    if (Object.keys(data).length > 0) this.caller.setData(data)
  }

  /** Whether the page has a handler `name`. */
  handles(name: string): boolean {
    return typeof this.#caller?.[name] === 'function'
  }

  /** Calls a handler of the page if there is one; its errors are reported. */
  call(name: string, ...args: unknown[]): unknown {
    const caller = this.#caller
    const handler = caller?.[name]
    if (typeof handler !== 'function') return undefined
    return this.#tools.reporter.guard(`${this.path} ${name}`, () => handler.apply(caller, args) as unknown)
  }

  show(): void {
    if (this.#visible || !this.#root) return
    this.#visible = true
    this.call('onShow')
    this.lifetime('show')
  }

  hide(): void {
    if (!this.#visible) return
    this.#visible = false
    this.call('onHide')
    this.lifetime('hide')
  }

  /** Runs a page lifetime (`show`, `hide`, `resize`, `routeDone`) in the page's components. */
  lifetime(name: string, ...args: unknown[]): void {
    this.component?.triggerPageLifetime(name, args as [])
    const tabBar = this.#tabBar?.getComponent()
    tabBar?.triggerPageLifetime(name, args as [])
  }

  /** Ends the page. Its frame stays until {@link remove}, for the transition. */
  unload(): void {
    this.#visible = false
    this.call('onUnload')
    for (const root of [this.#tabBar, this.#root])
      this.#tools.reporter.guard(this.path, () => root?.release())
  }

  remove(): void {
    this.frame.element.remove()
  }
}
