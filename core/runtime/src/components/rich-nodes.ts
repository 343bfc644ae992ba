// The content of rich-text: WeChat's list of tags and attributes, and nothing else, gets into the document.
//
// A string is parsed in an inert document, where nothing loads and nothing runs, and then built anew node by node.
// Nothing is ever serialised and parsed again, so there is nothing for a parser's oddities to mutate.
import { rpx } from '../framework/rpx'
import { decodeEntities, spaces } from './entities'
import { cleanStyle } from './rich-style'
import { lookup } from './table'

/** What rendering needs of the component. */
export interface RichContext {
  /** A URL that may be loaded, or '' for a refused one. */
  url(source: string): string
  /** DOM class names for the program's. */
  classes(names: string): string
  /** The `space` property. */
  space: string
}

/** Tags with their own attributes; `class` and `style` are allowed everywhere. */
// prettier-ignore
const TAGS: Record<string, readonly string[]> = {
  a: [], abbr: [], address: [], article: [], aside: [], b: [], bdi: [], bdo: ['dir'], big: [], blockquote: [], br: [],
  caption: [], center: [], cite: [], code: [], col: ['span', 'width'], colgroup: ['span', 'width'], dd: [], del: [],
  div: [], dl: [], dt: [], em: [], fieldset: [], font: ['color', 'face', 'size'], footer: [],
  h1: [], h2: [], h3: [], h4: [], h5: [], h6: [], header: [], hr: [], i: [],
  img: ['alt', 'src', 'height', 'width'], ins: [], label: [], legend: [], li: [], mark: [], nav: [],
  ol: ['start', 'type'], p: [], pre: [], q: [], rp: [], rt: [], ruby: [], s: [], section: [], small: [], span: [],
  strong: [], sub: [], sup: [], table: ['width'], tbody: [],
  td: ['colspan', 'height', 'rowspan', 'width'], tfoot: [], th: ['colspan', 'height', 'rowspan', 'width'], thead: [],
  tr: ['colspan', 'height', 'rowspan', 'width'], tt: [], u: [], ul: [],
}

/** A deeper or longer content is cut: it is a mistake or an attack. */
const MAX_DEPTH = 200
const MAX_NODES = 50_000

interface Budget {
  left: number
}

/** Builds the content. `nodes` is an HTML string or WeChat's node array; anything else gives nothing. */
export function renderNodes(nodes: unknown, context: RichContext): DocumentFragment {
  const fragment = document.createDocumentFragment()
  const budget = { left: MAX_NODES }
  if (typeof nodes === 'string') {
    const parsed = new DOMParser().parseFromString(nodes, 'text/html')
    copyChildren(parsed.body, fragment, context, budget, 0)
  } else if (Array.isArray(nodes)) {
    buildList(nodes, fragment, context, budget, 0)
  }
  return fragment
}

function copyChildren(from: Node, into: Node, context: RichContext, budget: Budget, depth: number): void {
  if (depth > MAX_DEPTH) return
  for (let node = from.firstChild; node; node = node.nextSibling) {
    if (budget.left-- <= 0) return
    if (node.nodeType === 3) {
      into.appendChild(document.createTextNode(spaces(node.nodeValue ?? '', context.space)))
    } else if (node.nodeType === 1) {
      const source = node as Element
      const created = createNode(source.localName, (name) => source.getAttribute(name), context)
      // A tag that is not allowed goes with everything in it.
      if (!created) continue
      copyChildren(source, created, context, budget, depth + 1)
      into.appendChild(created)
    }
  }
}

interface RichNode {
  type?: unknown
  name?: unknown
  text?: unknown
  attrs?: unknown
  children?: unknown
}

function buildList(
  list: readonly unknown[],
  into: Node,
  context: RichContext,
  budget: Budget,
  depth: number,
): void {
  if (depth > MAX_DEPTH) return
  for (const item of list) {
    if (budget.left-- <= 0) return
    if (typeof item !== 'object' || item === null) continue
    const { type, name, text, attrs, children } = item as RichNode
    if (type === 'text') {
      const shown = spaces(decodeEntities(String(text ?? '')), context.space)
      into.appendChild(document.createTextNode(shown))
      continue
    }
    if (type !== undefined && type !== 'node') continue
    const given = typeof attrs === 'object' && attrs !== null ? (attrs as Record<string, unknown>) : {}
    const created = createNode(String(name ?? '').toLowerCase(), (key) => attribute(given, key), context)
    if (!created) continue
    if (Array.isArray(children)) buildList(children, created, context, budget, depth + 1)
    into.appendChild(created)
  }
}

function attribute(given: Record<string, unknown>, name: string): string | null {
  const value = lookup(given, name)
  return value === undefined || value === null || typeof value === 'object' ? null : String(value)
}

function createNode(
  tag: string,
  read: (name: string) => string | null,
  context: RichContext,
): HTMLElement | null {
  const own = lookup(TAGS, tag)
  if (!own) return null
  const created = document.createElement(tag)
  for (const name of own) {
    const value = read(name)
    if (value === null) continue
    if (name !== 'src') created.setAttribute(name, value)
    else if (context.url(value) !== '') created.setAttribute('src', context.url(value))
  }
  // A picture that the content does not describe is decoration.
  if (tag === 'img' && !created.hasAttribute('alt')) created.setAttribute('alt', '')
  const names = read('class')
  if (names !== null && names.trim() !== '') created.className = context.classes(names)
  const style = cleanStyle(rpx(read('style') ?? ''), context.url)
  if (style !== '') created.setAttribute('style', style)
  return created
}
