// A page's place in the document: navigation bar, and below it the viewport, whose shadow root holds the page's style
// sheets and the element that scrolls.
import { NavigationBar, type BarActions, type BarMetrics } from './navigation-bar'
import { PullDown } from './pull-down'
import { SCROLL_CLASS } from './page-origin'
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
  #theme: Theme
  #config: WindowConfig
  #low = false

  constructor(config: WindowConfig, metrics: BarMetrics, baseCss: string, theme: Theme, events: FrameEvents) {
    this.#config = config
    this.#theme = theme
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

  /** Applies the page's `window` configuration; also after a change of theme. */
  configure(config: WindowConfig, theme: Theme): void {
    this.#config = config
    this.#theme = theme
    const white = (config.navigationBarTextStyle ?? 'white') === 'white'
    this.bar.title = config.navigationBarTitleText ?? ''
    this.bar.colour(white ? '#fff' : '#000', config.navigationBarBackgroundColor ?? DEFAULT_BACKGROUND)
    this.bar.custom = config.navigationStyle === 'custom'
    this.view.style.backgroundColor = config.backgroundColor ?? ''
    this.scroller.style.backgroundColor = config.backgroundColorContent ?? ''
    this.scroller.classList.toggle('lodger-still', config.disableScroll === true)
    this.scroller.dataset['theme'] = theme
    this.pullDown.enabled = config.enablePullDownRefresh === true
    this.pullDown.style = config.backgroundTextStyle ?? 'dark'
  }

  /** Puts the sheets at `paths` into the page, in order; those that are there stay. */
  addStyles(sheets: ProgramStyleSheets, paths: string[]): void {
    for (const path of paths) {
      if (this.#styles.has(path)) continue
      const style = styleElement(sheets.text(path, this.#theme), path)
      this.#styles.set(path, style)
      this.root.insertBefore(style, this.pullDown.element)
    }
  }

  /** After a change of theme: sheets that ask for it get another text. */
  restyle(sheets: ProgramStyleSheets): void {
    for (const [path, style] of this.#styles) {
      const text = sheets.text(path, this.#theme)
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
