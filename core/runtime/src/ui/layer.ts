// The layer above the pages: where toasts, dialogs and sheets are drawn, and what dialogs share.
import type { RuntimeEnv } from '../framework/env'
import documentCss from './document.css'
import overlayCss from './overlay.css'

let env: RuntimeEnv | undefined

/** Tells the layer where to draw, and puts its style sheets into the document. Called once by `registerComponents`. */
export function useEnv(given: RuntimeEnv): void {
  env = given
  if (given.style) document.documentElement.dataset['style'] = given.style
  make('style', '', document.head, documentCss + overlayCss)
}

/** The element to draw into. */
export function layer(): HTMLElement {
  if (!env) throw new Error('the layer has no place to draw in yet: call registerComponents first')
  return env.overlay()
}

/** The element that has the keyboard's focus, also inside of a page's shadow root. */
export function focused(): Element | null {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at
}

/** A dialog or sheet on the layer. */
export interface Modal {
  /** The box to fill. */
  box: HTMLElement
  /** Removes it and gives the focus back. Safe to call twice. */
  close(): void
}

/** How a modal behaves. */
export interface ModalOptions {
  /** Class of the box. */
  className: string
  /** `dialog` or `alertdialog`. */
  role: string
  /** The mask was tapped. */
  onMask?(): void
  /** Escape was pressed. */
  onEscape(): void
  /** Enter was pressed, and no button has the focus. */
  onEnter?(): void
}

const FOCUSABLE = 'button:not([disabled]), input, textarea, [tabindex="0"]'

/** Open modals, the uppermost last: only that one hears the keyboard. */
const open: object[] = []

/** A click this soon (milliseconds) without a press of its own belongs to the tap that opened the modal. */
const GHOST = 500

/** Opens a box over a mask. It keeps the keyboard's focus until it is closed. */
export function openModal(options: ModalOptions): Modal {
  const before = focused()
  const root = make('div', 'lgo-modal')
  const mask = make('div', 'lgo-mask', root)
  const box = make('div', options.className, root)
  box.setAttribute('role', options.role)
  box.setAttribute('aria-modal', 'true')
  box.tabIndex = -1
  ignoreGhosts(root)
  // The focus stays in the box.
  mask.addEventListener('mousedown', (event) => event.preventDefault())
  mask.addEventListener('click', () => options.onMask?.())
  root.addEventListener(
    'touchmove',
    (event) => {
      // The page below must not scroll; lists in the box may.
      if (event.cancelable && !(event.target as Element).closest('.lgo-scroll')) event.preventDefault()
    },
    { passive: false },
  )

  const modal: Modal = {
    box,
    close() {
      const at = open.indexOf(modal)
      if (at < 0) return
      open.splice(at, 1)
      release?.()
      document.removeEventListener('keydown', onKey, true)
      root.remove()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    },
  }
  const onKey = (event: KeyboardEvent): void => {
    if (open[open.length - 1] !== modal || event.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      options.onEscape()
    } else if (event.key === 'Tab') {
      keepFocus(box, event)
    } else if (event.key === 'Enter' && options.onEnter && !isButton(event.target)) {
      // A line break belongs to a text area.
      if (event.target instanceof HTMLTextAreaElement) return
      event.preventDefault()
      options.onEnter()
    }
    if (!box.contains(focused())) event.stopPropagation()
  }
  open.push(modal)
  // A phone's back button means what Escape means on a keyboard.
  const release = env?.catchBack(() => options.onEscape(), true)
  document.addEventListener('keydown', onKey, true)
  layer().appendChild(root)
  box.focus({ preventScroll: true })
  return modal
}

/**
 * After a touch the browser sends mouse events and a click to what is under the finger then: the new modal. They would
 * close it at once, or take the focus from it.
 */
function ignoreGhosts(root: HTMLElement): void {
  const since = performance.now()
  let pressed = false
  root.addEventListener('pointerdown', () => (pressed = true), true)
  const ignore = (event: MouseEvent): void => {
    if (pressed || performance.now() - since > GHOST || !event.isTrusted) return
    event.preventDefault()
    event.stopPropagation()
  }
  for (const type of ['mousedown', 'mouseup', 'click'] as const) root.addEventListener(type, ignore, true)
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.tagName === 'BUTTON'
}

/** Tab goes round inside of the box. */
function keepFocus(box: HTMLElement, event: KeyboardEvent): void {
  const inside = Array.from(box.querySelectorAll<HTMLElement>(FOCUSABLE))
  const first = inside[0]
  const last = inside[inside.length - 1]
  if (!first || !last) return event.preventDefault()
  const at = focused()
  if (event.shiftKey && (at === first || at === box)) {
    event.preventDefault()
    last.focus()
  } else if (!event.shiftKey && at === last) {
    event.preventDefault()
    first.focus()
  }
}

/** Creates an element with a class. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  parent?: HTMLElement,
  text?: string,
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag)
  created.className = className
  if (text !== undefined) created.textContent = text
  parent?.appendChild(created)
  return created
}

/** A button that calls `onTap`. */
export function makeButton(
  className: string,
  text: string,
  parent: HTMLElement,
  onTap: () => void,
): HTMLButtonElement {
  const button = make('button', className, parent, text)
  button.type = 'button'
  button.addEventListener('click', onTap)
  return button
}

let ids = 0

/** Names `box` by the text of `title`, for screen readers. */
export function labelBy(box: HTMLElement, title: HTMLElement, attribute = 'aria-labelledby'): void {
  title.id = `lgo-${(ids += 1)}`
  box.setAttribute(attribute, title.id)
}

/** A failure as `wx` reports it. */
export function failure(api: string, reason: string): { errMsg: string } {
  return { errMsg: `${api}:fail ${reason}` }
}

/** An option as text; anything but text and numbers gives `otherwise`. */
export function textOption(value: unknown, otherwise = ''): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
}

/** An option as a colour; what could be more than one declaration is refused. */
export function colorOption(value: unknown, otherwise: string): string {
  return typeof value === 'string' && /^[#a-z0-9(),.%\s-]+$/i.test(value) ? value : otherwise
}
