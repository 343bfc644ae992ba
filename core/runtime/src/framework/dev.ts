// Commands of development tools and tests (event `dev`, core/docs/bridge.md): look at the top page. Answers go back as
// reports; nothing here changes anything.
import type { Json } from '../bridge/client'
import type { Page } from './page'
import type { PageStack } from './page-stack'

/** Answers one command. */
export async function devCommand(stack: PageStack, overlay: HTMLElement, args: Json): Promise<unknown> {
  const page = stack.top
  switch (args['cmd']) {
    case 'rect':
      return settled(() => find(stack.top, overlay, String(args['selector'] ?? '*'), args['text']))
    case 'stack':
      return stack.pages.map(({ path }) => path)
    case 'text':
      return page ? visibleText(page.frame.scroller) : ''
    case 'pages':
      return stack.pages.map(({ id, path, query, caller }) => ({
        id,
        path,
        query,
        data: shorten(caller['data'], { left: MAX_DATA / stack.pages.length }),
      }))
    case 'data':
      return page?.caller['data'] ?? null
    default:
      return { error: `unknown command ${String(args['cmd'])}` }
  }
}

/** Characters of all pages' data: a message holds 1 MiB. */
const MAX_DATA = 200_000
const MAX_TEXT = 200
const MAX_LEVELS = 12

/** Live data as plain JSON that fits into a message: long texts, long lists and deep objects are cut with a mark. */
function shorten(value: unknown, room: { left: number }, level = 0): unknown {
  room.left -= 8
  if (typeof value === 'string') room.left -= Math.min(value.length, MAX_TEXT)
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  if (typeof value === 'function') return '[Function]'
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (value === null || typeof value !== 'object') return value
  if (level >= MAX_LEVELS || room.left <= 0) return '…'
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value) {
      if (room.left <= 0) return [...items, `… ${value.length - items.length} more`]
      items.push(shorten(item, room, level + 1))
    }
    return items
  }
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    if (room.left <= 0) return { ...out, '…': 'more' }
    room.left -= key.length
    out[key.slice(0, MAX_TEXT)] = shorten(item, room, level + 1)
  }
  return out
}

interface Found {
  found: boolean
  x?: number
  y?: number
  width?: number
  height?: number
  text?: string
}

/** Frames that `settled` looks at: two seconds on a 60 Hz screen. */
const FRAMES = 120

/** What `look` finds once it has stood still for two frames: who taps where something slides taps beside it. */
async function settled(look: () => Found): Promise<Found> {
  let before = look()
  for (let still = 0, frame = 0; still < 2 && frame < FRAMES; frame++) {
    await nextFrame()
    const now = look()
    still = now.x === before.x && now.y === before.y && now.found === before.found ? still + 1 : 0
    before = now
  }
  return before
}

/** A page that is not drawn has no frames: then a moment does. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve())
    setTimeout(resolve, 100)
  })
}

/** The first visible element that matches, in a dialog first, then in the page, its bar and tab bar. */
function find(page: Page | undefined, overlay: HTMLElement, selector: string, text: unknown): Found {
  const places: ParentNode[] = page ? [overlay, page.frame.root, page.frame.element] : [overlay]
  for (const place of places) {
    const matches = [...place.querySelectorAll<HTMLElement>(selector)].filter(
      (node) => isVisible(node) && (typeof text !== 'string' || visibleText(node).includes(text)),
    )
    // Of nested matches the innermost carries the text.
    const node =
      typeof text === 'string'
        ? matches.find((item) => !matches.some((other) => other !== item && item.contains(other)))
        : matches[0]
    if (!node) continue
    const { left: x, top: y, width, height } = node.getBoundingClientRect()
    return { found: true, x, y, width, height, text: visibleText(node) }
  }
  return { found: false }
}

function isVisible(node: HTMLElement): boolean {
  const box = node.getBoundingClientRect()
  if (box.width === 0 || box.height === 0) return false
  const style = getComputedStyle(node)
  if (style.visibility === 'hidden' || style.display === 'none') return false
  return box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight
}

function visibleText(node: HTMLElement): string {
  return (node.innerText ?? node.textContent ?? '').trim()
}
