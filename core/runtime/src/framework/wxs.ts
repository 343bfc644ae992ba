// What compiled templates and WXS scripts need at run time (`__lodger.wxs`, core/docs/bundle.md): event handlers and
// change observers written in WXS, the descriptor objects that they work on, and WXS's own global functions.
import * as glassEasel from 'glass-easel'
import { domOf } from './dom'
import { boxOf } from './page-origin'
import type { Reporter } from './reporter'
import { rpx } from './rpx'
import { viewportUnits } from './style-text'
import { elementOf, wechatEvent } from './wechat-event'
import { kebab } from './kebab'

/** `StyleSegmentIndex.TEMP_EXTRA`: over the styles of the template, untouched by its updates. */
const TEMP_EXTRA = 3 as glassEasel.StyleSegmentIndex

type Wrapper = glassEasel.template.EventListenerWrapper
type ChangeFilter = glassEasel.template.ChangePropFilter
type Handler = (...args: unknown[]) => unknown

/** The object `__lodger.wxs`. */
export interface WxsRuntime {
  /** Wraps a `change:prop` observer. */
  change: ChangeFilter
  /** Wraps a function value; the identity, since event handlers are told apart by where they come from. */
  fn<T>(value: T): T
  /** Runs the handler of an event: of the component, or of a WXS module. */
  event: Wrapper
  getRegExp(pattern: string, flags?: string): RegExp
  getDate(...args: unknown[]): Date
}

/** Makes `__lodger.wxs`. Errors of handlers go to `reporter`. */
export function createWxsRuntime(reporter: Reporter): WxsRuntime {
  const descriptor = (element: glassEasel.Element): Descriptor => Descriptor.of(element, reporter)
  return {
    change(listener) {
      if (typeof listener !== 'function') return (() => undefined) as typeof listener
      const observe = listener as unknown as Handler
      const wrapped = (
        value: unknown,
        old: unknown,
        host: glassEasel.Element,
        element: glassEasel.Element,
      ): void => {
        // The element is not in the page yet while a template is being made.
        void Promise.resolve().then(() =>
          reporter.guard('WXS change observer', () =>
            observe(value, old, descriptor(elementOf(host)), descriptor(elementOf(element))),
          ),
        )
      }
      return wrapped as unknown as typeof listener
    },
    fn: (value) => value,
    event(caller, event, listener, path) {
      const handler = listener as unknown as Handler
      try {
        const made = wechatEvent(event)
        // A path is there only for values that come out of a WXS module.
        if (!path) {
          // `bindinput` may return the text that replaces what was typed; false means nothing, unlike in WXS.
          const returned = handler.call(caller, made)
          return returned === false ? undefined : (returned as undefined)
        }
        made['instance'] = descriptor(elementOf(event.currentTarget))
        const result = handler.call(null, made, descriptor(elementOf(caller)))
        return result === false ? false : undefined
      } catch (error) {
        reporter.error(error, `handler of ${event.type}`)
        return undefined
      }
    },
    getRegExp: (pattern, flags) => new RegExp(pattern, flags),
    getDate(...args) {
      if (args.length === 0) return new Date()
      if (args.length === 1) return new Date(args[0] as string | number)
      const [year = 0, month = 0, ...rest] = args as number[]
      return new Date(year, month, ...rest)
    },
  }
}

/** WXS says `value.constructor` for the name of a type; the compiler writes `value.__wxsCtor`. */
export function defineWxsConstructorNames(): void {
  Object.defineProperty(Object.prototype, '__wxsCtor', {
    get(this: unknown) {
      if (Array.isArray(this)) return 'Array'
      if (this instanceof Date) return 'Date'
      if (this instanceof RegExp) return 'RegExp'
      const names: Record<string, string> = {
        string: 'String',
        number: 'Number',
        boolean: 'Boolean',
        function: 'Function',
      }
      return names[typeof this] ?? 'Object'
    },
    enumerable: false,
    configurable: true,
  })
}

/** WeChat's ComponentDescriptor: how WXS reaches an element without a round trip through the program's data. */
class Descriptor {
  static readonly #all = new WeakMap<glassEasel.Element, Descriptor>()
  readonly #element: glassEasel.Element
  readonly #reporter: Reporter
  readonly #state: Record<string, unknown> = {}
  #styles: Record<string, string> = {}

  private constructor(element: glassEasel.Element, reporter: Reporter) {
    this.#element = element
    this.#reporter = reporter
  }

  /** The one descriptor of `element`: its state must last. */
  static of(element: glassEasel.Element, reporter: Reporter): Descriptor {
    let found = Descriptor.#all.get(element)
    if (!found) {
      found = new Descriptor(element, reporter)
      Descriptor.#all.set(element, found)
    }
    return found
  }

  setStyle(style: string | Record<string, unknown>): this {
    if (typeof style === 'string') {
      this.#styles = {}
      this.#apply(style)
      return this
    }
    for (const [name, value] of Object.entries(style ?? {})) this.#styles[dashed(name)] = String(value)
    this.#apply(
      Object.entries(this.#styles)
        .map(([name, value]) => `${name}:${value}`)
        .join(';'),
    )
    return this
  }

  #apply(style: string): void {
    this.#element.setNodeStyle(viewportUnits(rpx(style)), TEMP_EXTRA)
  }

  addClass(names: string): this {
    for (const name of split(names)) this.#element.toggleNodeClass(name, true, TEMP_EXTRA)
    return this
  }

  /** The class may come from a script or from the template. */
  removeClass(names: string): this {
    for (const name of split(names)) {
      this.#element.toggleNodeClass(name, false, TEMP_EXTRA)
      this.#element.toggleNodeClass(name, false)
    }
    return this
  }

  hasClass(name: string): boolean {
    const list = (this.#element as { classList?: glassEasel.ClassList | null }).classList
    return !!list && (list.contains(name, TEMP_EXTRA) || list.contains(name))
  }

  getDataset(): Record<string, unknown> {
    return this.#element.dataset ?? {}
  }

  getState(): Record<string, unknown> {
    return this.#state
  }

  callMethod(name: string, args?: unknown): void {
    const caller = (this.#element as { getMethodCaller?(): Record<string, unknown> }).getMethodCaller?.()
    const method = caller?.[name]
    if (typeof method !== 'function') return
    // WeChat runs it in the other thread: never before the WXS function has returned.
    void Promise.resolve().then(() =>
      this.#reporter.guard(name, () => (method as Handler).call(caller, args)),
    )
  }

  triggerEvent(name: string, detail?: unknown, options?: glassEasel.EventOptions): void {
    this.#element.triggerEvent(name, detail ?? {}, options)
  }

  selectComponent(selector: string): Descriptor | null {
    const found = this.#shadowRoot()?.querySelector(selector)
    return found ? Descriptor.of(found, this.#reporter) : null
  }

  selectAllComponents(selector: string): Descriptor[] {
    return (this.#shadowRoot()?.querySelectorAll(selector) ?? []).map((found) =>
      Descriptor.of(found, this.#reporter),
    )
  }

  #shadowRoot(): glassEasel.ShadowRoot | null {
    return (this.#element as { getShadowRoot?(): glassEasel.ShadowRoot | null }).getShadowRoot?.() ?? null
  }

  getComputedStyle(names: string[]): Record<string, string> {
    const node = domOf(this.#element)
    if (!node) return {}
    const style = getComputedStyle(node)
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(dashed(name))]))
  }

  getBoundingClientRect(): Record<string, number> {
    const node = domOf(this.#element)
    return node ? { ...boxOf(node) } : { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 }
  }

  requestAnimationFrame(run: () => void): number {
    return requestAnimationFrame(() => this.#reporter.guard('requestAnimationFrame', run))
  }

  setTimeout(run: () => void, ms?: number): unknown {
    return setTimeout(() => this.#reporter.guard('setTimeout', run), ms)
  }

  clearTimeout(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer)
  }
}

function split(names: string): string[] {
  return String(names).split(/\s+/).filter(Boolean)
}

function dashed(name: string): string {
  return name.startsWith('--') ? name : kebab(name)
}
