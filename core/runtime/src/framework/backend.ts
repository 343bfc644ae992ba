// glass-easel's way to the DOM. It draws into the window's document, with four rules of ours: tags get the prefix
// `wx-`, attributes are cleaned, style sheets are shared between pages, and events come from our gesture layer
// only, so that a native `click` can never arrive beside a component's own event of that name.
import * as glassEasel from 'glass-easel'
import { viewportUnits } from './style-text'
import { rpx } from './rpx'

type EventTargetElement = glassEasel.Element
type BackendElement = glassEasel.domlikeBackend.Element
type Listener = Parameters<glassEasel.CurrentWindowBackendContext['onEvent']>[0]

/** Native events that a component may listen to on its own element; all others come from the gesture layer. */
const NATIVE_EVENTS = new Set(['transitionend', 'animationstart', 'animationiteration', 'animationend'])

/** Tags starting so are made without the `wx-` prefix: inner elements in templates of built-in components. */
const NATIVE_TAG = 'h-'

export class Backend extends glassEasel.CurrentWindowBackendContext {
  #listener: Listener | undefined
  readonly #listening = new WeakMap<BackendElement, Set<string>>()
  readonly #sheets: StyleSheets

  constructor(sheets: StyleSheets) {
    super()
    this.#sheets = sheets
    const real = document
    this.document = {
      createElement: (tag: string) => createElement(real, tag) as unknown as BackendElement,
      createTextNode: (text: string) => real.createTextNode(text) as unknown as BackendElement,
      createDocumentFragment: () => real.createDocumentFragment() as unknown as BackendElement,
    }
  }

  override onEvent(listener: Listener): void {
    // Not passed on: the base class would start its own tap detection.
    this.#listener = listener
  }

  /** Dispatches an event into the component tree; true if a handler stopped the default. */
  dispatch(
    target: EventTargetElement,
    type: string,
    detail: unknown,
    options: glassEasel.EventOptions,
  ): boolean {
    return this.#listener?.(target, type, detail, options) === NO_DEFAULT
  }

  override setListenerStats(element: BackendElement, type: string, _capture: boolean, level: number): void {
    if (!element) return
    const node = element as unknown as HTMLElement
    if (type === 'touchmove' && level === FINAL) this.#once(element, type, () => stopScrolling(node))
    if (!NATIVE_EVENTS.has(type)) return
    this.#once(element, type, () =>
      node.addEventListener(type, (event) => {
        if (event.target !== node) return
        const target = (node as unknown as BackendElement).__wxElement as EventTargetElement | undefined
        if (target)
          this.dispatch(
            target,
            type,
            {},
            { originalEvent: event, bubbles: true, composed: true, capturePhase: true },
          )
      }),
    )
  }

  #once(element: BackendElement, type: string, listen: () => void): void {
    const types = this.#listening.get(element) ?? new Set<string>()
    if (types.has(type)) return
    types.add(type)
    this.#listening.set(element, types)
    listen()
  }

  override appendStyleSheetPath(path: string, scope?: number): number {
    return this.#sheets.use(path, scope)
  }

  override disableStyleSheet(): void {
    // Sheets belong to pages, which switch them on and off as a whole.
  }

  override getWindowWidth(): number {
    return document.documentElement.clientWidth
  }
}

/** `MutLevel.Final`: a `catch` binding. glass-easel's const enums do not exist at run time. */
const FINAL = 2
/** `EventBubbleStatus.NoDefault`. */
const NO_DEFAULT = 1

/** Set by the gesture layer on a DOM event whose handlers asked to stop it. */
export const stoppedEvents = new WeakSet<Event>()

/** `catchtouchmove` keeps what is below from scrolling; only such elements pay for a non-passive listener. */
function stopScrolling(node: HTMLElement): void {
  node.addEventListener(
    'touchmove',
    (event) => {
      if (event.cancelable && stoppedEvents.has(event)) event.preventDefault()
    },
    { passive: false },
  )
}

function createElement(document: Document, tag: string): HTMLElement {
  const name = tag.toLowerCase()
  const safe = /^[a-z][a-z0-9._-]*$/.test(name) ? name : 'unknown'
  const element = document.createElement(
    safe.startsWith(NATIVE_TAG) ? safe.slice(NATIVE_TAG.length) : `wx-${safe}`,
  )
  element.setAttribute = setAttribute
  return element
}

const nativeSetAttribute = typeof Element === 'undefined' ? undefined : Element.prototype.setAttribute

/** An own property of every element that templates make: names that could run code never reach the DOM. */
function setAttribute(this: Element, name: string, value: string): void {
  if (!isSafeAttribute(name)) return
  nativeSetAttribute?.call(this, name, name === 'style' ? viewportUnits(rpx(value)) : value)
}

/** False for event handler attributes and for names that are no valid attribute. */
export function isSafeAttribute(name: string): boolean {
  return /^[a-z_:][\w:.-]*$/i.test(name) && !/^on/i.test(name) && !/^(?:srcdoc|formaction|is)$/i.test(name)
}

/** The style sheets of the program, made on first use. Which page uses which is recorded while it is built. */
export interface StyleSheets {
  /** Makes sure that the sheet of `path` exists, and notes its use. Returns an id, unused. */
  use(path: string, scope?: number): number
}
