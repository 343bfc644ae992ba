// What the built-in components may ask of the framework. The components know nothing else of it, so that both
// halves can be read and tested alone.
import type { Element as GlassElement } from 'glass-easel'
import type { Privacy } from '../api/privacy'
import type { PageFrame } from './page-frame'
import type { PageWebview, WebviewEvents } from './webviews'

/** Colour theme of the whole program. */
export type Theme = 'light' | 'dark'

/** The framework as a built-in component sees it. One object for the life of the document. */
export interface RuntimeEnv {
  /**
   * Calls a function of `wx` by name, for example `env.call('navigateTo', { url: '/pages/a/b' })`.
   * Resolves and rejects as `wx` does (`errMsg`); rejects for a name that is not in the registry.
   */
  call<T = Record<string, unknown>>(api: string, args?: Record<string, unknown>): Promise<T>
  /** Calls the engine for what is not on `wx`: the telephone number, the program's people. */
  engine<T = Record<string, unknown>>(api: string, args?: Record<string, unknown>): Promise<T>
  /** The privacy contract: what touches what is the user's waits for the agreement. */
  privacy: Pick<Privacy, 'require' | 'agree'>
  /** `<button open-type="share">`: runs `onShareAppMessage` of the page that holds `button`. */
  share(button: GlassElement): void
  /** Counts something that a program used and that does not exist here, for example `component map`. Once a name. */
  missing(name: string): void
  /** Reports a failure inside a component; it never throws. */
  error(error: unknown): void
  /**
   * The theme now. CSS should rather use `[data-theme=dark] …`, which the framework keeps up to date: on `html`, and
   * in each page on the element that scrolls (every page is a shadow root of its own; base.css is in each).
   */
  theme(): Theme
  /** `style` of app.json: `v2`, or absent for WeChat's first style (the one that Vant asks for). */
  readonly style?: string
  /** Calls `listener` whenever the theme changes. */
  onTheme(listener: (theme: Theme) => void): void
  /** Height of the on-screen keyboard in CSS pixels changed (0 = closed). Returns a function that stops listening. */
  onKeyboard(listener: (height: number, duration: number) => void): () => void
  /** The frame of the page that holds `node`: for components that speak for their page. */
  frame(node: Node): PageFrame | undefined
  /**
   * Going back calls `close` in place of leaving the page, once; with `host` only when a person goes back. Returns a function that ends that, for when what was
   * open has been closed otherwise.
   */
  catchBack(close: () => void, host?: boolean): () => void
  /** The `<web-view>` of the page that holds `node`; undefined if it has one already. */
  webview(node: Node, events: WebviewEvents): PageWebview | undefined
  /** The scrolling element of the page that holds `node`, or null when it is in none. */
  pageScroller(node: Node): HTMLElement | null
  /** The element above all pages into which toasts, dialogs and sheets are drawn. */
  overlay(): HTMLElement
}
