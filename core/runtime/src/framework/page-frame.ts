// A page's place in the document: navigation bar, and below it the viewport, whose shadow root holds the page's style
// sheets and the element that scrolls.
import { NavigationBar, type BarActions, type BarMetrics } from './navigation-bar'
import { PullDown } from './pull-down'
import { glide } from './glide'
import { SCROLL_CLASS } from './page-origin'
import { rpx } from './rpx'
import { styleElement, type ProgramStyleSheets } from './style-sheets'
import type { WindowConfig } from './launch'
import type { Theme } from './env'
import pageCss from './page.css'

/** What happens in a frame. */
export interface FrameEvents extends BarActions {
  scrolled(scrollTop: number): void
  reachedBottom(): void
  refresh(): void
}

const DEFAULT_BACKGROUND = '#000000'

export class PageFrame {
  readonly element = document.createElement('div')
  readonly view = document.createElement('div')
  readonly root: ShadowRoot
  readonly scroller = document.createElement('div')
  readonly bar: NavigationBar
  readonly pullDown: PullDown
  readonly #events: FrameEvents
  readonly #styles = new Map<string, HTMLStyleElement>()
  #theme: Theme | undefined
  #rootFontSize = ''
  #config: WindowConfig
  #low = false

  constructor(config: WindowConfig, metrics: BarMetrics, baseCss: string, theme: Theme, events: FrameEvents) {
    this.#config = config
    this.#events = events
    this.element.className = 'lodger-frame'
    this.bar = new NavigationBar(events, metrics)
    this.view.className = 'lodger-view'
    this.root = this.view.attachShadow({ mode: 'open' })
    this.scroller.className = SCROLL_CLASS
    this.pullDown = new PullDown(this.scroller, events.refresh)
    this.root.append(styleElement(baseCss + pageCss, 'base'), this.pullDown.element, this.scroller)
    this.element.append(this.bar.element, this.view)
    this.scroller.addEventListener('scroll', () => this.#onScroll(), { passive: true })
    this.configure(config, theme)
  }

  /**
   * Applies the page's `window` configuration; after a change of theme only what the theme has changed, so that what
   * the program has set since stays.
   */
  configure(config: WindowConfig, theme: Theme): void {
    const before = this.#config
    const fresh = this.#theme === undefined
    const changed = (...names: string[]): boolean =>
      fresh || names.some((name) => config[name] !== before[name])
    this.#config = config
    this.#theme = theme
    if (changed('navigationBarTitleText')) this.bar.title = config.navigationBarTitleText ?? ''
    if (changed('navigationBarTextStyle', 'navigationBarBackgroundColor')) {
      const white = (config.navigationBarTextStyle ?? 'white') === 'white'
      this.bar.colour(white ? '#fff' : '#000', config.navigationBarBackgroundColor ?? DEFAULT_BACKGROUND)
    }
    if (changed('backgroundColor')) this.view.style.backgroundColor = config.backgroundColor ?? ''
    if (changed('backgroundColorContent'))
      this.scroller.style.backgroundColor = config.backgroundColorContent ?? ''
    if (changed('backgroundTextStyle')) this.pullDown.style = config.backgroundTextStyle ?? 'dark'
    this.bar.custom = config.navigationStyle === 'custom'
    this.scroller.classList.toggle('lodger-still', config.disableScroll === true)
    this.scroller.dataset['theme'] = theme
    this.pullDown.enabled = config.enablePullDownRefresh === true
  }

  /** Inline style of the page's own element (`<page-meta page-style>`); hiding its overflow stops the page's scroll. */
  set pageStyle(css: string) {
    const page = this.scroller.querySelector<HTMLElement>(':scope > wx-page')
    if (!page) return
    page.style.cssText = rpx(css)
    this.scroller.classList.toggle(
      'lodger-still',
      this.#config.disableScroll === true ||
        page.style.overflow === 'hidden' ||
        page.style.overflowY === 'hidden',
    )
  }

  /** What `1rem` is while this page is on top; '' for the webview's own. The document has one for all pages. */
  get rootFontSize(): string {
    return this.#rootFontSize
  }

  set rootFontSize(size: string) {
    this.#rootFontSize = size
    if (!this.element.classList.contains('lodger-away')) document.documentElement.style.fontSize = size
  }

  /** Scrolls the page; `duration` in milliseconds. Resolves when it is there. */
  scrollTo(top: number, duration: number): Promise<void> {
    return glide(this.scroller, Math.max(0, top), Math.max(0, duration))
  }

  /** Puts the sheets at `paths` into the page, in order; those that are there stay. */
  addStyles(sheets: ProgramStyleSheets, paths: string[]): void {
    for (const path of paths) {
      if (this.#styles.has(path)) continue
      const style = styleElement(sheets.text(path, this.#theme ?? 'light'), path)
      this.#styles.set(path, style)
      this.root.insertBefore(style, this.pullDown.element)
    }
  }

  /** After a change of theme: sheets that ask for it get another text. */
  restyle(sheets: ProgramStyleSheets): void {
    for (const [path, style] of this.#styles) {
      const text = sheets.text(path, this.#theme ?? 'light')
      if (style.textContent !== text) style.textContent = text
    }
  }

  /** The viewport's size is new: `vh` in styles follows it. Does nothing while the frame is not laid out. */
  measure(): void {
    const height = this.view.clientHeight
    if (height > 0) this.view.style.setProperty('--lodger-vh', `${height / 100}px`)
  }

  /** Out of sight, but still laid out. */
  set away(away: boolean) {
    if (!away) document.documentElement.style.fontSize = this.#rootFontSize
    this.element.classList.toggle('lodger-away', away)
    this.element.toggleAttribute('inert', away)
    this.element.setAttribute('aria-hidden', String(away))
  }

  #onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller
    this.#events.scrolled(scrollTop)
    const low = scrollHeight - scrollTop - clientHeight <= (this.#config.onReachBottomDistance ?? 50)
    // Once each time that the page comes near its end.
    if (low && !this.#low) this.#events.reachedBottom()
    this.#low = low
  }
}
