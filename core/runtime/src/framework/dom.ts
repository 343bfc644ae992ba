// Between glass-easel's elements and the DOM's.
import type { Element as GlassElement, GeneralComponent } from 'glass-easel'

/** The DOM element that glass-easel drew for `element`; null for virtual nodes. */
export function domOf(element: GlassElement | null | undefined): HTMLElement | null {
  return ((element as { $$?: unknown } | null | undefined)?.$$ ?? null) as HTMLElement | null
}

/** The component behind a page or component as its program knows it (`this`). */
export function componentOf(caller: unknown): GeneralComponent | undefined {
  return (caller as { _$?: GeneralComponent } | null | undefined)?._$
}

/** The nearest glass-easel element at or above a DOM node. */
export function glassElement(node: Node | null): GlassElement | null {
  for (let at = node; at; at = at.parentNode) {
    const element = (at as { __wxElement?: GlassElement }).__wxElement
    if (element) return element
  }
  return null
}

interface ListenerTable {
  listeners: Record<string, unknown>
  captureListeners: Record<string, unknown> | null
}

/** Whether `element`, or anything above it in the DOM, listens to `type`. */
export function hasListener(element: GlassElement, type: string): boolean {
  for (let node: Node | null = domOf(element); node; node = node.parentNode) {
    const glass = (node as { __wxElement?: { _$eventTarget?: ListenerTable | null } }).__wxElement
    const table = glass?._$eventTarget
    if (table?.listeners[type] || table?.captureListeners?.[type]) return true
  }
  return false
}
