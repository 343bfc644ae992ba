// What every built-in component stands on: its host element, properties, events and life.
//
// A built-in component is an "external component" of glass-easel: the tree inside its host element is plain DOM that
// the component builds itself, and one of these elements is the slot for the children that the template gives it.
// So `<view>` costs one DOM element and no shadow tree, and nothing has to be compiled for it.
import type { ComponentSpace, GeneralComponent, EventOptions, templateEngine } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import { resolveUrl } from '../framework/url'
import { applyAria, ARIA_PROPERTIES } from './aria'
import { applyAnimation } from './animation'
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

  /** Sets properties from inside, so that two-way bindings (`model:value`) follow. */
  set(values: Values): void {
    this.component.setData(values)
  }

  /** Fires an event of the component. WeChat's component events do not bubble unless it says so. */
  emit(name: string, detail: unknown = {}, options?: EventOptions): void {
    this.component.triggerEvent(name, detail, options)
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

/** Properties that every built-in component has. */
const COMMON: Record<string, Property> = {
  hidden: [Boolean],
  name: [null],
  animation: [null],
  ...ARIA_PROPERTIES,
}

const NO_CHANGE: ReadonlySet<string> = new Set()

/** Makes `definition` known to `space` under its tag. */
export function registerComponent(space: ComponentSpace, env: RuntimeEnv, definition: Definition): void {
  const properties: Record<string, unknown> = {}
  for (const [name, [type, value]] of Object.entries({ ...COMMON, ...definition.properties }))
    properties[name] = value === undefined ? { type } : { type, value }

  const live = (component: GeneralComponent, state: boolean): void => {
    const host = hosts.get(component)
    if (!host) return
    host.isAttached = state
    guard(env, () => (state ? host.instance.attached?.() : host.instance.detached?.()))
  }
  const params = {
    is: `lodger/${definition.tag}`,
    options: {
      externalComponent: true,
      templateEngine: new BuiltinEngine(definition, env),
      propertyEarlyInit: true,
      writeFieldsToNode: false,
      dataDeepCopy: 'none' as never,
      styleScope: 0,
    },
    properties,
    lifetimes: {
      attached(this: unknown) {
        live(this as GeneralComponent, true)
      },
      detached(this: unknown) {
        live(this as GeneralComponent, false)
      },
    },
  }
  const component = space.defineComponent(
    params as unknown as Parameters<ComponentSpace['defineComponent']>[0],
  )
  space.setGlobalUsingComponent(definition.tag, component.general())
}

/** A failure in one component must not take the page with it. */
function guard(env: RuntimeEnv, run: () => void): void {
  try {
    run()
  } catch (error) {
    env.error(error)
  }
}

class BuiltinEngine implements templateEngine.TemplateEngine {
  constructor(
    private readonly definition: Definition,
    private readonly env: RuntimeEnv,
  ) {}

  create(): templateEngine.Template {
    return {
      createInstance: (component) => new BuiltinTree(new Host(component, this.definition, this.env)),
    }
  }
}

class BuiltinTree implements templateEngine.TemplateInstance {
  readonly shadowRoot: never

  constructor(private readonly host: Host) {
    guard(host.env, () => {
      host.instance = host.definition.create?.(host) ?? {}
    })
    const root = host.element
    this.shadowRoot = {
      root,
      slot: host.instance.slot ?? root,
      getIdMap: () => ({}),
      handleEvent: () => {},
      setListener: () => {},
    } as never
  }

  initValues(): void {
    this.common(null)
    guard(this.host.env, () => this.host.instance.update?.(null))
  }

  updateValues(
    _data: unknown,
    changes: readonly (readonly [path: readonly unknown[], ...rest: unknown[]])[],
  ): void {
    if (changes.length === 0) return
    const changed = new Set(changes.map(([path]) => String(path[0])))
    this.common(changed)
    guard(this.host.env, () => this.host.instance.update?.(changed))
  }

  private common(changed: ReadonlySet<string> | null): void {
    const { host } = this
    const names = changed ?? NO_CHANGE
    if (names.has('hidden') || host.flag('hidden'))
      host.element.toggleAttribute('hidden', host.flag('hidden'))
    if (changed === null || changed.has('animation')) applyAnimation(host)
    applyAria(host, changed)
  }
}
