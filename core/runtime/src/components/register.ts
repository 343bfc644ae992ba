// Makes a definition known to glass-easel, as an external component whose "template engine" is the definition itself.
import type { ComponentSpace, GeneralComponent, templateEngine } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import { applyAnimation } from './animation'
import { applyAria, ARIA_PROPERTIES, operate } from './aria'
import { Host, hostOf, type Definition, type Property } from './host'

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
    const host = hostOf(component)
    if (!host) return
    host.isAttached = state
    host.draw(() => (state ? host.instance.attached?.() : host.instance.detached?.()))
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

class BuiltinEngine implements templateEngine.TemplateEngine {
  constructor(
    private readonly definition: Definition,
    private readonly env: RuntimeEnv,
  ) {}

  create(): templateEngine.Template {
    return {
      // A program may set data after its page has ended; what glass-easel creates then has no element.
      createInstance: (component) =>
        component.getBackendElement()
          ? new BuiltinTree(new Host(component, this.definition, this.env))
          : new EndedTree(),
    }
  }
}

/** glass-easel's view of a built-in component: where its element is, and where children go. */
function shadowOf(root: HTMLElement | null, slot: HTMLElement | null): never {
  return { root, slot, getIdMap: () => ({}), handleEvent: () => {}, setListener: () => {} } as never
}

/** A component in a page that has ended: it keeps its data and draws nothing. */
class EndedTree implements templateEngine.TemplateInstance {
  readonly shadowRoot = shadowOf(null, null)

  initValues(): void {}

  updateValues(): void {}
}

class BuiltinTree implements templateEngine.TemplateInstance {
  readonly shadowRoot: never

  constructor(private readonly host: Host) {
    host.draw(() => {
      host.instance = host.definition.create?.(host) ?? {}
    })
    const root = host.element
    this.shadowRoot = shadowOf(root, host.instance.slot ?? root)
  }

  initValues(): void {
    this.host.draw(() => this.update(null))
  }

  updateValues(
    _data: unknown,
    changes: readonly (readonly [path: readonly unknown[], ...rest: unknown[]])[],
  ): void {
    if (changes.length === 0) return
    const changed = new Set(changes.map(([path]) => String(path[0])))
    this.host.draw(() => this.update(changed))
  }

  private update(changed: ReadonlySet<string> | null): void {
    const { host } = this
    const names = changed ?? NO_CHANGE
    if (names.has('hidden') || host.flag('hidden'))
      host.element.toggleAttribute('hidden', host.flag('hidden'))
    if (changed === null || changed.has('animation')) applyAnimation(host)
    applyAria(host, changed)
    host.instance.update?.(changed)
    operate(host)
  }
}
