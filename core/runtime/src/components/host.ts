// What every built-in component stands on: its host element, properties, events and life.
//
// A built-in component is an "external component" of glass-easel: the tree inside its host element is plain DOM that
// the component builds itself, and one of these elements is the slot for the children that the template gives it.
// So `<view>` costs one DOM element and no shadow tree, and nothing has to be compiled for it.
import type { EventOptions, GeneralComponent } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import { resolveUrl } from '../framework/url'
import type { Field } from './field'

/** A property: its constructor (as in WeChat's `properties`) and its default. `null` takes any type. */
export type Property = readonly [
  type:
    StringConstructor | NumberConstructor | BooleanConstructor | ArrayConstructor | ObjectConstructor | null,
  value?: unknown,
]

/** Property values by name, read live: always what the template set last. */
export type Values = Record<string, unknown>

/** What a component's `create` gives back. Everything is optional; a box without behaviour gives back nothing. */
export interface Instance {
  /** The element that takes the children of the template; the host element if left out. */
  slot?: HTMLElement
  /** Brings the DOM up to date. `changed` holds the names of the changed properties; it is null the first time. */
  update?(changed: ReadonlySet<string> | null): void
  /** The host was put into the document. */
  attached?(): void
  /** The host was taken out of the document: end timers and listeners outside of the host. */
  detached?(): void
  /** The component's part in a form. */
  field?: Field
  /** What `SelectorQuery.node()` gives for it. */
  node?(): unknown
  /** The element that scrolls, for `SelectorQuery.scrollOffset()`. */
  scroller?: HTMLElement
}

/** One built-in component. */
export interface Definition {
  /** Tag in WXML, `view`. */
  tag: string
  properties?: Record<string, Property>
  /** Called once an instance, before its properties have values. */
  create?(host: Host): Instance | void
}

/** Segments of the `style` attribute, as glass-easel counts them; segment 0 is the template's own `style`. */
const OWN_STYLE = 1
const ANIMATION_STYLE = 2
/** Segment of the class list that no template writes to. */
const OWN_CLASS = 3

const hosts = new WeakMap<object, Host>()

/** The built-in component behind a glass-easel node, or undefined for anything else. */
export function hostOf(component: unknown): Host | undefined {
  return component !== null && typeof component === 'object' ? hosts.get(component) : undefined
}

/** The built-in component whose host element is `element`. */
export function hostOfElement(element: Element | null): Host | undefined {
  return hostOf((element as { __wxElement?: unknown } | null)?.__wxElement)
}

/** The nearest enclosing built-in component with `tag`, across component borders. */
export function closestHost(element: Element, tag: string): Host | undefined {
  return hostOfElement(element.parentElement?.closest(`wx-${tag}`) ?? null)
}

/** One built-in component in the tree. */
export class Host {
  /** The host element, `<wx-view>`. */
  readonly element: HTMLElement
  /** What `create` of the definition gave. */
  instance: Instance = {}
  /** Whether it is in the document. */
  isAttached = false
  /** An update of the tree is under way: nothing may change data or call the program now. */
  private busy = false

  constructor(
    readonly component: GeneralComponent,
    readonly definition: Definition,
    readonly env: RuntimeEnv,
  ) {
    this.element = component.getBackendElement() as unknown as HTMLElement
    hosts.set(component, this)
  }

  /** The property values now. */
  get values(): Values {
    return this.component.data as Values
  }

  /** A property as text; null and undefined give ''. */
  text(name: string): string {
    const value = this.values[name]
    return value === null || value === undefined ? '' : String(value)
  }

  /** A property as a finite number, else `otherwise`. `'12px'` counts as 12. */
  number(name: string, otherwise = 0): number {
    const value = parseFloat(this.text(name))
    return Number.isFinite(value) ? value : otherwise
  }

  /** A property as a truth value. */
  flag(name: string): boolean {
    return !!this.values[name]
  }

  /**
   * Sets properties from inside, so that two-way bindings (`model:value`) follow. During an update it waits for its
   * end, as `emit` does: glass-easel cannot change data while it draws data.
   */
  set(values: Values): void {
    if (this.busy) queueMicrotask(() => this.component.setData(values))
    else this.component.setData(values)
  }

  /** Fires an event of the component. WeChat's component events do not bubble unless it says so. */
  emit(name: string, detail: unknown = {}, options?: EventOptions): void {
    if (this.busy) queueMicrotask(() => this.component.triggerEvent(name, detail, options))
    else this.component.triggerEvent(name, detail, options)
  }

  /** Runs a part of the component's life in which the tree is being drawn; failures go to `env.error`. */
  draw(run: () => void): void {
    const before = this.busy
    this.busy = true
    try {
      run()
    } catch (error) {
      // A failure in one component must not take the page with it.
      this.env.error(error)
    }
    this.busy = before
  }

  /** Fires a `tap` as if the component had been touched: for keyboard and labels. */
  tap(): void {
    const box = this.element.getBoundingClientRect()
    const detail = { x: box.left + box.width / 2, y: box.top + box.height / 2 }
    this.emit('tap', detail, { bubbles: true, composed: true, capturePhase: true })
  }

  /** Calls `listener` for a glass-easel event on this component, `tap` above all. */
  on(name: string, listener: (event: GlassEvent) => boolean | void, capture = false): void {
    this.component.addListener(name, listener as Parameters<GeneralComponent['addListener']>[1], { capture })
  }

  /** Sets the component's own inline style; the template's `style` stays apart from it. */
  style(css: string): void {
    this.component.setNodeStyle(css, OWN_STYLE)
  }

  /** Sets the inline style of the `animation` property. */
  animationStyle(css: string): void {
    this.component.setNodeStyle(css, ANIMATION_STYLE)
  }

  /** Adds or removes classes as the template's author means them: with style scope and external classes. */
  toggleClasses(names: string, on: boolean): void {
    for (const name of names.split(/\s+/))
      if (name !== '') this.component.toggleNodeClass(name, on, OWN_CLASS)
  }

  /** DOM class names for `names` as the template's author means them, for elements inside of the host. */
  resolveClasses(names: string): string {
    const owner = this.component.ownerShadowRoot
    if (!owner || names.trim() === '') return names
    // A node that is in no tree: glass-easel gives it the classes with their scopes, and we read them off.
    const scratch = owner.createNativeNode('i')
    scratch.class = names
    return (scratch.getBackendElement() as unknown as HTMLElement).className
  }

  /** Path of the component or page whose template holds this element, `pages/menu/index`. */
  ownerPath(): string {
    return this.component.ownerShadowRoot?.getHostNode().is ?? ''
  }

  /** A URL that this document may load, or '' for a refused one. */
  url(source: string): string {
    return resolveUrl(source, this.ownerPath())
  }

  /** Finds a component by id in the template that holds this one. */
  byId(id: string): Host | undefined {
    return hostOf(this.component.ownerShadowRoot?.getElementById(id))
  }
}

/** The part of glass-easel's event that components use. */
export interface GlassEvent {
  detail: unknown
  target: unknown
  stopPropagation(): void
  getOriginalEvent(): unknown
}
