// What a text field does while it has the focus: room above the keyboard, the selection, a keyboard that stays.
import type { Host } from './host'

/** Pages that were pushed up, by how much. */
const pushed = new WeakMap<HTMLElement, number>()

/**
 * Pushes the page up so far that `anchor` and `cursor-spacing` stand above a keyboard of `height` CSS pixels, as
 * WeChat does with `adjust-position`; with a height of 0 it goes back.
 */
export function makeRoom(host: Host, anchor: HTMLElement, height: number, duration: number): void {
  const page = host.env.pageScroller(host.element)
  if (!page) return
  const before = pushed.get(page) ?? 0
  const bottom = anchor.getBoundingClientRect().bottom + before + host.number('cursorSpacing')
  const by = height > 0 ? Math.max(0, Math.min(height, bottom - (window.innerHeight - height))) : 0
  if (by === before) return
  pushed.set(page, by)
  page.style.transition = duration > 0 ? `transform ${duration}s` : ''
  page.style.transform = by > 0 ? `translateY(${-by}px)` : ''
}

/** Tells of changes of the selection. Returns the function that ends it. */
export function watchSelection(host: Host, native: HTMLInputElement | HTMLTextAreaElement): () => void {
  let told = ''
  const look = (): void => {
    const { selectionStart, selectionEnd } = native
    if (told === `${selectionStart} ${selectionEnd}`) return
    told = `${selectionStart} ${selectionEnd}`
    host.emit('selectionchange', { selectionStart: selectionStart ?? 0, selectionEnd: selectionEnd ?? 0 })
  }
  // Older engines tell the document only, and that not of every move in a field.
  document.addEventListener('selectionchange', look)
  native.addEventListener('keyup', look)
  native.addEventListener('pointerup', look)
  return () => {
    document.removeEventListener('selectionchange', look)
    native.removeEventListener('keyup', look)
    native.removeEventListener('pointerup', look)
  }
}

/** With `hold-keyboard` a tap beside the field leaves it the focus. Returns the function that ends it. */
export function holdKeyboard(host: Host): () => void {
  const press = (event: Event): void => {
    const target = event.composedPath()[0]
    // Another field may take the focus.
    const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    if (host.flag('holdKeyboard') && !isField) event.preventDefault()
  }
  document.addEventListener('mousedown', press, true)
  return () => document.removeEventListener('mousedown', press, true)
}
