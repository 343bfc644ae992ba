// wx.createSelectorQuery: measures nodes of a page or component, in coordinates of the page.
import type * as glassEasel from 'glass-easel'
import { hostOf } from '../components/host'
import { componentOf, domOf } from '../framework/dom'
import { boxOf, pageOrigin, pageScroller } from '../framework/page-origin'
import type { Reporter } from '../framework/reporter'
import { kebab } from '../framework/kebab'

type Fields = WechatMiniprogram.Fields
type Answer = Record<string, unknown>
type Callback = (answer: any) => void
type Component = glassEasel.GeneralComponent

interface Request {
  component: Component | undefined
  /** undefined: the viewport. */
  selector: string | undefined
  all: boolean
  fields: Fields
  callback: Callback | undefined
}

/** A selection, waiting for what is to be measured. */
class NodesRef implements WechatMiniprogram.NodesRef {
  readonly #query: SelectorQuery
  readonly #add: (fields: Fields, callback?: Callback) => void

  constructor(query: SelectorQuery, add: (fields: Fields, callback?: Callback) => void) {
    this.#query = query
    this.#add = add
  }

  #measure(fields: Fields, callback?: Callback): SelectorQuery {
    this.#add(fields, callback)
    return this.#query
  }

  boundingClientRect(callback?: Callback): SelectorQuery {
    return this.#measure({ id: true, dataset: true, rect: true, size: true }, callback)
  }

  scrollOffset(callback?: Callback): SelectorQuery {
    return this.#measure({ id: true, dataset: true, scrollOffset: true }, callback)
  }

  fields(fields: Fields, callback?: Callback): SelectorQuery {
    return this.#measure(fields ?? {}, callback)
  }

  context(callback?: Callback): SelectorQuery {
    return this.#measure({ context: true }, callback)
  }

  node(callback?: Callback): SelectorQuery {
    return this.#measure({ node: true }, callback)
  }

  ref(callback?: Callback): SelectorQuery {
    return this.#measure({ ref: true }, callback)
  }
}

export class SelectorQuery implements WechatMiniprogram.SelectorQuery {
  readonly #reporter: Reporter
  #component: Component | undefined
  #requests: Request[] = []

  /** `component` is searched; without one, only the viewport can be asked for. */
  constructor(component: Component | undefined, reporter: Reporter) {
    this.#component = component
    this.#reporter = reporter
  }

  in(caller: object): this {
    this.#component = componentOf(caller) ?? this.#component
    return this
  }

  select(selector: string): NodesRef {
    return this.#ref(String(selector), false)
  }

  selectAll(selector: string): NodesRef {
    return this.#ref(String(selector), true)
  }

  selectViewport(): NodesRef {
    return this.#ref(undefined, false)
  }

  #ref(selector: string | undefined, all: boolean): NodesRef {
    const component = this.#component
    return new NodesRef(this, (fields, callback) =>
      this.#requests.push({ component, selector, all, fields, callback }),
    )
  }

  /** Measures after the updates that are under way, and calls back in order. WeChat too returns nodes here. */
  exec(callback?: (answers: unknown[]) => void): NodesRef {
    const requests = this.#requests
    this.#requests = []
    setTimeout(() => {
      const answers = requests.map(
        (request) => this.#reporter.guard('SelectorQuery', () => answer(request)) ?? null,
      )
      requests.forEach((request, index) => {
        const { callback: each } = request
        if (each) this.#reporter.guard('SelectorQuery', () => each(answers[index]))
      })
      if (callback) this.#reporter.guard('SelectorQuery.exec', () => callback(answers))
    }, 0)
    return this.selectViewport()
  }
}

function answer({ component, selector, all, fields }: Request): unknown {
  if (selector === undefined) return viewport(component, fields)
  const root = component?.getShadowRoot()
  if (!root) return all ? [] : null
  if (all) return root.querySelectorAll(selector).map((element) => describe(element, fields))
  const found = root.querySelector(selector)
  return found ? describe(found, fields) : null
}

function viewport(component: Component | undefined, fields: Fields): Answer {
  const node = domOf(component)
  const scroller = pageScroller(node)
  const { width, height } = pageOrigin(node)
  const out: Answer = {}
  if (fields.id) out['id'] = ''
  if (fields.dataset) out['dataset'] = {}
  if (fields.rect) Object.assign(out, { left: 0, top: 0, right: width, bottom: height })
  if (fields.size) Object.assign(out, { width, height })
  if (fields.scrollOffset) Object.assign(out, offset(scroller))
  if (fields.context || fields.node) out['node'] = null
  return out
}

function describe(element: glassEasel.Element, fields: Fields): Answer {
  const host = hostOf(element)
  const node = domOf(element)
  const out: Answer = {}
  if (fields.id) out['id'] = element.id
  if (fields.dataset) out['dataset'] = element.dataset
  if (fields.mark) out['mark'] = element.collectMarks()
  if (node) {
    const box = fields.rect || fields.size ? boxOf(node) : undefined
    if (box && fields.rect)
      Object.assign(out, { left: box.left, top: box.top, right: box.right, bottom: box.bottom })
    if (box && fields.size) Object.assign(out, { width: box.width, height: box.height })
    if (fields.scrollOffset) Object.assign(out, offset(host?.instance.scroller ?? node))
    if (fields.computedStyle) Object.assign(out, styles(node, fields.computedStyle))
  }
  for (const name of fields.properties ?? []) {
    const data = (element as { data?: Answer }).data
    if (data && name in data) out[name] = data[name]
  }
  const native = host?.instance.node?.()
  const caller = (element as { getMethodCaller?(): unknown }).getMethodCaller?.()
  if (fields.node) out['node'] = native ?? caller ?? null
  if (fields.context) out['context'] = native ?? caller ?? null
  if (fields.ref) out['ref'] = caller ?? null
  return out
}

function offset(node: Element | null): Answer {
  return {
    scrollLeft: node?.scrollLeft ?? 0,
    scrollTop: node?.scrollTop ?? 0,
    scrollWidth: node?.scrollWidth ?? 0,
    scrollHeight: node?.scrollHeight ?? 0,
  }
}

function styles(node: Element, names: string[]): Answer {
  const computed = getComputedStyle(node)
  return Object.fromEntries(names.map((name) => [name, computed.getPropertyValue(kebab(name))]))
}
