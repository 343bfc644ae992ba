// Where a page's own coordinates begin. In WeChat a page fills its webview; here it is a frame in the document, below
// a navigation bar, so everything a program measures is moved by the frame's place and scroll.

/** Offset of a page's viewport in the window, and how far the page is scrolled; CSS pixels. */
export interface PageOrigin {
  left: number
  top: number
  width: number
  height: number
  scrollLeft: number
  scrollTop: number
}

/** Class of the element in a page's shadow root that scrolls. */
export const SCROLL_CLASS = 'lodger-scroll'

/** The viewport element of the page that holds `node`: the host of the page's shadow root. */
export function pageView(node: Node | null | undefined): HTMLElement | null {
  const root = node?.getRootNode()
  return root instanceof ShadowRoot ? (root.host as HTMLElement) : null
}

/** The scrolling element of the page that holds `node`. */
export function pageScroller(node: Node | null | undefined): HTMLElement | null {
  return pageView(node)?.shadowRoot?.querySelector<HTMLElement>(`.${SCROLL_CLASS}`) ?? null
}

/** Where the coordinates of the page that holds `node` begin; the window's own if it is in none. */
export function pageOrigin(node: Node | null | undefined): PageOrigin {
  const view = pageView(node)
  if (!view) {
    const { clientWidth: width, clientHeight: height } = document.documentElement
    return { left: 0, top: 0, width, height, scrollLeft: 0, scrollTop: 0 }
  }
  const box = view.getBoundingClientRect()
  const scroller = pageScroller(node)
  return {
    left: box.left,
    top: box.top,
    width: box.width,
    height: box.height,
    scrollLeft: scroller?.scrollLeft ?? 0,
    scrollTop: scroller?.scrollTop ?? 0,
  }
}

/** A rectangle in CSS pixels. */
export interface Rect {
  left: number
  top: number
  right: number
  bottom: number
  width: number
  height: number
}

/**
 * The box of an element as a program expects it, in coordinates of its page.
 *
 * A custom component's host is an inline element unless its style says otherwise. Around a block, WebKit measures
 * such a host 0 wide and Chromium the width of the line; WeChat programs expect the box of what is inside. So a
 * box without an extent becomes the union of its children's.
 */
export function boxOf(node: Element): Rect {
  const origin = pageOrigin(node)
  const box = measure(node)
  return rect(box.left - origin.left, box.top - origin.top, box.right - origin.left, box.bottom - origin.top)
}

type Edges = { left: number; top: number; right: number; bottom: number }

function measure(node: Element): Edges {
  const box = node.getBoundingClientRect()
  if ((box.width > 0 && box.height > 0) || node.children.length === 0) return box
  const display = getComputedStyle(node).display
  if (display !== 'inline' && display !== 'contents') return box
  let union: Edges | undefined
  for (const child of node.children) {
    const edges = measure(child)
    if (edges.right === edges.left && edges.bottom === edges.top) continue
    union = union
      ? {
          left: Math.min(union.left, edges.left),
          top: Math.min(union.top, edges.top),
          right: Math.max(union.right, edges.right),
          bottom: Math.max(union.bottom, edges.bottom),
        }
      : edges
  }
  return union ?? box
}

function rect(left: number, top: number, right: number, bottom: number): Rect {
  return { left, top, right, bottom, width: right - left, height: bottom - top }
}
