// `Page`, `Component` and `Behavior`: WeChat's looser definition objects made into what the adapter takes, and bound
// to the file that is running.
import type { behavior as adapterBehavior, CodeSpace, ComponentEnv } from 'glass-easel-miniprogram-adapter'
import { formBehaviors } from '../components/field'
import type { ComponentInfo, Registrar } from './loader'
import type { Reporter } from './reporter'

type Behavior = adapterBehavior.GeneralBehavior
type Definition = Record<string, unknown> & {
  properties?: Record<string, unknown>
  behaviors?: unknown[]
  relations?: Record<string, unknown>
  options?: Record<string, unknown>
}

interface Current {
  path: string
  info: ComponentInfo
  env: ComponentEnv
  made: boolean
}

export class Definitions implements Registrar {
  readonly #space: CodeSpace
  readonly #reporter: Reporter
  readonly #behaviors: Record<string, Behavior>
  #current: Current | undefined

  constructor(space: CodeSpace, reporter: Reporter) {
    this.#space = space
    this.#reporter = reporter
    this.#behaviors = builtinBehaviors(space)
    for (const [name, made] of Object.entries(this.#behaviors))
      formBehaviors.set(name, (made as { _$?: unknown })._$)
  }

  register(path: string, info: ComponentInfo, run: () => void): void {
    const outer = this.#current
    this.#space.componentEnv(path, (env) => {
      const current: Current = { path, info, env, made: false }
      this.#current = current
      try {
        run()
      } catch (error) {
        this.#reporter.error(error, path)
      } finally {
        this.#current = outer
      }
      // A page without a script, or one whose script failed, is still drawn.
      if (!current.made) this.#space.component(path).register()
    })
  }

  /** The global `Page`. */
  readonly page = (definition: Definition = {}): void => {
    const current = this.#running('Page')
    current.made = true
    current.env.Page(this.#prepare(definition, current) as never)
  }

  /** The global `Component`; without an argument it returns the adapter's builder. */
  readonly component = (definition?: Definition): unknown => {
    const current = this.#running('Component')
    current.made = true
    if (definition === undefined) return current.env.Component()
    return current.env.Component(this.#prepare(definition, current) as never)
  }

  /** The global `Behavior`. */
  readonly behavior = Object.assign(
    (definition: Definition = {}): unknown =>
      this.#space
        .behavior()
        .definition(this.#prepare(definition, undefined) as never)
        .register(),
    {
      trait: (...args: unknown[]): unknown =>
        (this.#space.traitBehavior as (...all: unknown[]) => unknown)(...args),
    },
  )

  #running(name: string): Current {
    if (this.#current) return this.#current
    throw new Error(`${name}() was called outside of the file of a page or component`)
  }

  #prepare(definition: Definition, current: Current | undefined): Definition {
    const made: Definition = { ...definition }
    if (made.properties) made.properties = withObservers(made.properties)
    if (Array.isArray(made.behaviors)) made.behaviors = this.#known(made.behaviors)
    if (made.relations) made.relations = withTargets(made.relations)
    if (current && made.options) this.#isolation(made.options, current)
    return made
  }

  #known(behaviors: unknown[]): unknown[] {
    return behaviors.filter(Boolean).flatMap((item) => {
      if (typeof item !== 'string') return [item]
      const builtin = this.#behaviors[item]
      if (!builtin) this.#reporter.missing(`behavior ${item}`)
      return builtin ? [builtin] : []
    })
  }

  /** Style isolation may be said in the script as well as in the .json, which wins. */
  #isolation(options: Record<string, unknown>, { path, info }: Current): void {
    if (info.styleIsolation !== undefined) return
    const said = options['styleIsolation']
    const isolation =
      typeof said === 'string' ? said : options['addGlobalClass'] === true ? 'apply-shared' : undefined
    if (isolation === undefined) return
    this.#space.addComponentStaticConfig(path, { ...info, styleIsolation: isolation } as never)
  }
}

/** Property observers may be named by a string; the adapter takes functions only. */
function withObservers(properties: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    const observer = (property as { observer?: unknown } | null)?.observer
    out[name] =
      typeof observer === 'string'
        ? {
            ...(property as object),
            observer(this: Record<string, unknown>, ...args: unknown[]): unknown {
              const method = this[observer]
              return typeof method === 'function' ? (method.apply(this, args) as unknown) : undefined
            },
          }
        : property
  }
  return out
}

/** A relation may aim at a behavior; of that the adapter passes on its own wrapper, where glass-easel wants the inner. */
function withTargets(relations: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, relation] of Object.entries(relations)) {
    const target = (relation as { target?: { _$?: unknown } } | null)?.target
    out[name] = target?._$ ? { ...(relation as object), target: target._$ } : relation
  }
  return out
}

function builtinBehaviors(space: CodeSpace): Record<string, Behavior> {
  const make = (definition: object): Behavior =>
    space.behavior().definition(definition).register() as unknown as Behavior
  return {
    'wx://form-field': make({ properties: { name: { type: String }, value: { type: null } } }),
    'wx://form-field-group': make({}),
    'wx://form-field-button': make({}),
    // Lets a component stand for the scroll view inside of it, which only Skyline does.
    'wx://proxy-scroll-view': make({}),
    // The definition's own `export` is what counts; the adapter reads it.
    'wx://component-export': make({}),
  }
}
