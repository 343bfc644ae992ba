// `App`, `getApp`, and the program's life: launch, show, hide, errors.
import type { WxEvents } from '../api/events'
import type { EnterOptions } from './launch'
import type { Reporter } from './reporter'

type AppObject = Record<string, unknown>

export class App {
  readonly #reporter: Reporter
  readonly #events: WxEvents
  #app: AppObject | undefined
  #standIn: AppObject | undefined
  #enter: EnterOptions
  #shown = false

  constructor(reporter: Reporter, events: WxEvents, enter: EnterOptions) {
    this.#reporter = reporter
    this.#events = events
    this.#enter = enter
    reporter.onError(({ message, stack }) => {
      const text = stack ? `${message}\n${stack}` : message
      this.#call('onError', text)
      this.#events.emit('Error', { message: text })
    })
  }

  /** The global `App`. */
  readonly define = (definition: unknown = {}): void => {
    if (this.#app) throw new Error('App() was called twice')
    const app = definition as AppObject
    // What was stored in `getApp({ allowDefault: true })` before moves over.
    if (this.#standIn) for (const [name, value] of Object.entries(this.#standIn)) app[name] ??= value
    this.#app = app
  }

  /** The global `getApp`. */
  readonly get = (options?: { allowDefault?: boolean }): AppObject | undefined => {
    if (this.#app) return this.#app
    if (!options?.allowDefault) return undefined
    this.#standIn ??= {}
    return this.#standIn
  }

  /** How the program came to the front last. */
  get enter(): EnterOptions {
    return this.#enter
  }

  /** After app.js has run. */
  launch(): void {
    this.#app ??= {}
    this.#call('onLaunch', { ...this.#enter })
    this.#show()
  }

  /** The host brought the program to the front again. */
  show(enter: EnterOptions): void {
    if (this.#shown) return
    this.#enter = enter
    this.#show()
  }

  #show(): void {
    this.#shown = true
    this.#call('onShow', { ...this.#enter })
    this.#events.emit('AppShow', { ...this.#enter })
  }

  hide(): void {
    if (!this.#shown) return
    this.#shown = false
    this.#call('onHide', { path: this.#enter.path })
    this.#events.emit('AppHide', { path: this.#enter.path })
  }

  /** A promise was rejected and nobody listened. */
  rejected(reason: unknown, promise: Promise<unknown>): void {
    const event = { reason, promise }
    this.#call('onUnhandledRejection', event)
    this.#events.emit('UnhandledRejection', event)
  }

  /** A page that does not exist was to be shown first. */
  pageNotFound(path: string, query: Record<string, string>): void {
    const event = { path, query, isEntryPage: true }
    this.#call('onPageNotFound', event)
    this.#events.emit('PageNotFound', event)
  }

  themeChanged(theme: string): void {
    this.#call('onThemeChange', { theme })
    this.#events.emit('ThemeChange', { theme })
  }

  #call(name: string, ...args: unknown[]): void {
    const app = this.#app
    const handler = app?.[name]
    if (typeof handler !== 'function') return
    this.#reporter.guard(`App.${name}`, () => handler.apply(app, args) as unknown)
  }
}
