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
    case 'data':
      return page?.caller['data'] ?? null
    default:
      return { error: `unknown command ${String(args['cmd'])}` }
  }
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
