// The pages' `<web-view>`s: the engine checks where they go, the host draws them over the page (core/docs/bridge.md).
import type { Bridge, CallError, Json } from '../bridge/client'
import { pageView } from './page-origin'
import type { Page } from './page'
import type { PageFrame } from './page-frame'
import type { PageStack } from './page-stack'
import type { Reporter } from './reporter'

/** Why a website is not shown. */
export interface WebviewError {
  /** Where it would have gone; without query. */
  url: string
  reason: string
  /** The page shows the reason, since the user wanted to go there. */
  covered: boolean
}

/** What becomes of one. */
export interface WebviewEvents {
  load(): void
  error(error: WebviewError): void
  /** What the website has posted, handed over when the page is left or shared. */
  message(data: unknown[]): void
  /** The website is to be seen again. */
  uncovered(): void
}

/** The `<web-view>` of one page. */
export interface PageWebview {
  /**
   * Shows `src`. Resolves with the address if the page is to draw it in a frame of its own, else with ''; rejects with
   * a {@link CallError}.
   */
  load(src: string): Promise<string>
  close(): void
}

interface Held {
  page: Page
  events: WebviewEvents
  /** The host draws it. */
  native: boolean
}

export class Webviews {
  readonly #bridge: Bridge
  readonly #stack: PageStack
  readonly #reporter: Reporter
  readonly #held = new Map<number, Held>()

  constructor(bridge: Bridge, stack: PageStack, reporter: Reporter) {
    this.#bridge = bridge
    this.#stack = stack
    this.#reporter = reporter
    bridge.on('webview', (args) => void reporter.guard('event webview', () => this.#told(args)))
  }

  /** The one of the page that holds `node`; undefined if the page has one already: WeChat allows one. */
  hold(node: Node, events: WebviewEvents): PageWebview | undefined {
    const view = pageView(node)
    const page = this.#stack.all.find(({ frame }) => frame.view === view)
    if (!page || this.#held.has(page.id)) return undefined
    const held: Held = { page, events, native: false }
    this.#held.set(page.id, held)
    const sized = new ResizeObserver(() => {
      if (held.native) this.#bridge.notify('webviewUpdate', { page: page.id, rect: rectOf(page.frame) })
    })
    sized.observe(page.frame.view)
    return {
      load: async (src) => {
        const call = this.#bridge.call('webviewOpen', { page: page.id, src, rect: rectOf(page.frame) })
        const { form, url } = await call.answer
        held.native = form === 'native'
        return held.native ? '' : String(url)
      },
      close: () => {
        sized.disconnect()
        this.#held.delete(page.id)
        if (held.native) this.#bridge.notify('webviewClose', { page: page.id })
      },
    }
  }

  /** The bar's back button: where the host draws a website, the host knows how far back there is to go. */
  back(): boolean {
    const native = this.#held.get(this.#stack.top?.id ?? -1)?.native ?? false
    if (native) this.#bridge.notify('webviewBack', {})
    return native
  }

  #told({ page: id, load, error, message, title, uncovered }: Json): void {
    const held = this.#held.get(Number(id))
    if (!held) return
    const { page, events } = held
    if (load) events.load()
    if (error) events.error(error as WebviewError)
    if (message) events.message(message as unknown[])
    if (uncovered) events.uncovered()
    if (typeof title !== 'string' || title === '') return
    page.frame.bar.title = title
    if (page === this.#stack.top) this.#reporter.send('title', { title })
  }
}

/** Left, top, width, height of a page's viewport as it stands when nothing moves: transforms do not count. */
function rectOf({ view }: PageFrame): [number, number, number, number] {
  let left = 0
  let top = 0
  for (let at: Element | null = view; at instanceof HTMLElement; at = at.offsetParent) {
    left += at.offsetLeft
    top += at.offsetTop
  }
  return [left, top, view.offsetWidth, view.offsetHeight]
}

/** The reason in a failed call's answer, without the name of the function. */
export function reasonOf(error: unknown): string {
  const text = (error as CallError | undefined)?.errMsg ?? String(error)
  return text.replace(/^\w+:fail ?/, '')
}
