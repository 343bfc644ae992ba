// Packages, modules and components of the program (core/docs/bundle.md): keeps what `definePackage` brings, runs
// modules on `require`, registers a component when it is first needed, fetches subpackages by script element.
import type { CodeSpace } from 'glass-easel-miniprogram-adapter'
import type * as glassEasel from 'glass-easel'
import type { ProgramStyleSheets } from './style-sheets'
import { candidates, scopeName, trimmed } from './module-path'
import type { Reporter } from './reporter'
import type { AppGlobal } from './scope'

type Template = NonNullable<glassEasel.template.ComponentTemplate['groupList']>

/** Static configuration of one component or page, paths absolute. */
export interface ComponentInfo {
  component?: boolean
  usingComponents?: Record<string, string>
  componentGenerics?: Record<string, true | { default?: string }>
  componentPlaceholder?: Record<string, string>
  styleIsolation?: string
  addGlobalClass?: boolean
  pureDataPattern?: string
}

type ModuleBody = (this: unknown, require: Require, module: Module, exports: unknown) => void

interface Module {
  exports: unknown
}

/** What the function of `package.js` returns. */
export interface PackageContents {
  components: Record<string, ComponentInfo>
  styles: Record<string, string>
  templates: Template
  modules: Record<string, ModuleBody>
}

type PackageFactory = (
  global: AppGlobal,
  globalThis: AppGlobal,
  Function: FunctionConstructor,
  ...hidden: undefined[]
) => PackageContents

interface Require {
  (id: string, ok?: (exports: unknown) => void, fail?: (error: unknown) => void): unknown
  async(id: string): Promise<unknown>
}

interface PackageInfo {
  name: string
  root: string
  script: string
}

/** Registers the definitions that a component's module makes while it runs. */
export interface Registrar {
  /** Runs `run` with `Page`, `Component` and `Behavior` bound to `path`; makes an empty component if it makes none. */
  register(path: string, info: ComponentInfo, run: () => void): void
}

export class Loader {
  readonly #space: CodeSpace
  readonly #sheets: ProgramStyleSheets
  readonly #reporter: Reporter
  readonly #packages: PackageInfo[]
  readonly #loading = new Map<string, Promise<void>>()
  readonly #arrived = new Map<string, () => void>()
  readonly #defined = new Set<string>()
  readonly #modules = new Map<string, ModuleBody>()
  readonly #cache = new Map<string, Module>()
  readonly #components = new Map<string, { info: ComponentInfo; templates: Template }>()
  readonly #registered = new Set<string>()
  #scopes = 0
  #registrar: Registrar | undefined
  #scope: { global: AppGlobal; Function: FunctionConstructor } | undefined

  constructor(space: CodeSpace, sheets: ProgramStyleSheets, reporter: Reporter, packages: PackageInfo[]) {
    this.#space = space
    this.#sheets = sheets
    this.#reporter = reporter
    this.#packages = packages
    space
      .getComponentSpace()
      .setComponentWaitingListener((_isPublic, path) => this.#fetchComponent(path.replace(/^\//, '')))
  }

  /** Must be called before the first package runs. */
  prepare(registrar: Registrar, global: AppGlobal, Function: FunctionConstructor): void {
    this.#registrar = registrar
    this.#scope = { global, Function }
  }

  /** `__lodger.definePackage`. */
  define(name: string, factory: PackageFactory): void {
    const scope = this.#scope
    if (!scope) throw new Error('A package came before the base library was ready.')
    const contents = factory(scope.global, scope.global, scope.Function)
    this.#sheets.define(contents.styles)
    for (const [key, body] of Object.entries(contents.modules)) this.#modules.set(key, body)
    for (const [path, info] of Object.entries(contents.components)) {
      this.#components.set(path, { info, templates: contents.templates })
    }
    if (contents.styles['app'] !== undefined) this.#space.addStyleSheet('app', 'app')
    this.#defined.add(name)
    this.#arrived.get(name)?.()
  }

  /** Loads a package if it is not there. Rejects if its script cannot be fetched or does not define it. */
  loadPackage(name: string): Promise<void> {
    if (this.#defined.has(name)) return Promise.resolve()
    const known = this.#loading.get(name)
    if (known) return known
    const info = this.#packages.find((item) => item.name === name || item.root === name)
    if (!info) return Promise.reject(new Error(`package "${name}" is not part of this program`))
    if (info.name !== name) return this.loadPackage(info.name)
    const loading = new Promise<void>((resolve, reject) => {
      this.#arrived.set(name, resolve)
      const fetchScript = () => {
        if (this.#defined.has(name)) return
        const script = document.createElement('script')
        script.src = info.script
        script.onload = () => reject(new Error(`package "${name}" did not define itself`))
        script.onerror = () => reject(new Error(`package "${name}" could not be loaded`))
        document.head.append(script)
      }
      // The first HTML names the scripts of the first page after this one: until it is parsed, they are on their way.
      if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', fetchScript)
      else fetchScript()
    })
    this.#loading.set(name, loading)
    // A failed load may be tried again.
    loading.catch(() => this.#loading.delete(name))
    return loading
  }

  /** Loads the script of a package again, from `url`: what it defines takes the place of what there is. */
  reloadPackage(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.src = url
      script.onload = () => resolve()
      script.onerror = () => reject(new Error(`the new build could not be loaded from ${url}`))
      document.head.append(script)
    })
  }

  /** Gives a component, if it is registered, the template that its package defines now. */
  renewTemplate(path: string): void {
    if (!this.#registered.has(path)) return
    const template = this.#template(path)
    const definition = this.#space.getComponentSpace().getComponentByUrlWithoutDefault(`/${path}`, '')
    if (!template || !definition) return
    this.#space.addCompiledTemplate(path, template)
    definition.prepare()
    definition.updateTemplate({ ...template })
  }

  #template(path: string): glassEasel.template.ComponentTemplate | undefined {
    const groupList = this.#components.get(path)?.templates
    const content = groupList?.[path]
    return content && groupList && { groupList, content, fallbackListenerOnNativeNode: true }
  }

  /** The package that the bundle path `path` is in. */
  packageOf(path: string): string {
    let best: PackageInfo | undefined
    for (const item of this.#packages) {
      const root = trimmed(item.root)
      if (root === '' || !path.startsWith(`${root}/`)) continue
      if (!best || root.length > best.root.length) best = item
    }
    return best?.name ?? 'main'
  }

  /** Whether the bundle, as far as it is loaded, has this page or component. */
  has(path: string): boolean {
    return this.#components.has(path)
  }

  /** Runs a module once and returns its exports. Throws what the module throws. */
  run(key: string): unknown {
    const cached = this.#cache.get(key)
    if (cached) return cached.exports
    const body = this.#modules.get(key)
    if (!body) throw new Error(`module '${key}' is not defined`)
    const module: Module = { exports: {} }
    this.#cache.set(key, module)
    try {
      body.call(module.exports, this.#requireFor(key), module, module.exports)
    } catch (error) {
      // A later require tries again, as it would in WeChat.
      this.#cache.delete(key)
      throw attribute(error, key)
    }
    return module.exports
  }

  hasModule(key: string): boolean {
    return this.#modules.has(key)
  }

  #requireFor(from: string): Require {
    const require: Require = (id, ok, fail) => {
      if (typeof ok !== 'function' && typeof fail !== 'function') return this.run(this.#resolve(from, id))
      require
        .async(id)
        .then(ok, fail ?? ((error: unknown) => this.#reporter.error(error, `require('${id}')`)))
      return undefined
    }
    require.async = async (id) => {
      // A resolved key first: it names a module from the root, without a slash before it.
      const missing = [id, ...candidates(from, id)]
        .map((path) => this.packageOf(path))
        .find((name) => !this.#defined.has(name))
      if (missing && !this.#find(from, id)) await this.loadPackage(missing)
      return this.run(this.#resolve(from, id))
    }
    return require
  }

  #resolve(from: string, id: string): string {
    const key = this.#find(from, id)
    if (!key) throw new Error(`module '${id}' is not defined, required by '${from}'`)
    return key
  }

  #find(from: string, id: string): string | undefined {
    const text = String(id)
    // The compiler has resolved literal paths already.
    if (this.#modules.has(text)) return text
    for (const path of candidates(from, text)) {
      for (const end of ['', '.js', '/index.js']) if (this.#modules.has(path + end)) return path + end
    }
    return undefined
  }

  /** Registers a page or component and all that it uses. Throws if the bundle has no such path. */
  loadComponent(path: string): void {
    if (this.#registered.has(path)) return
    const found = this.#components.get(path)
    if (!found) throw new Error(`page or component "${path}" is not in this bundle`)
    this.#registered.add(path)
    const { info } = found
    this.#loadUsed(path, info)
    this.#space.addComponentStaticConfig(path, info as Parameters<CodeSpace['addComponentStaticConfig']>[1])
    if (this.#sheets.has(path)) this.#space.addStyleSheet(path, path, scopeName(this.#scopes++))
    const template = this.#template(path)
    if (template) this.#space.addCompiledTemplate(path, template)
    this.#registrar?.register(path, info, () => {
      const key = `${path}.js`
      if (this.#modules.has(key)) this.run(key)
    })
  }

  #loadUsed(path: string, info: ComponentInfo): void {
    const generics = Object.values(info.componentGenerics ?? {}).map((item) =>
      item === true ? undefined : item.default,
    )
    for (const [tag, target] of [
      ...Object.entries(info.usingComponents ?? {}),
      ...generics.map((target) => ['', target] as const),
    ]) {
      if (!target || target.includes('://')) {
        if (target) this.#reporter.missing(`component ${target}`)
        continue
      }
      const used = target.replace(/^\//, '')
      if (this.#components.has(used)) this.loadComponent(used)
      else if (!info.componentPlaceholder?.[tag]) {
        this.#reporter.error(
          new Error(`component "${used}" is not loaded: its package needs a componentPlaceholder`),
          path,
        )
      }
    }
  }

  /** A placeholder stands where a component of another package should be: fetch it. */
  #fetchComponent(path: string): void {
    this.loadPackage(this.packageOf(path)).then(
      () => {
        const before = new Set(this.#registered)
        this.loadComponent(path)
        this.onLateComponent(this.#useSheets([...this.#registered].filter((item) => !before.has(item))))
      },
      (error: unknown) => {
        this.#reporter.error(error, `component "${path}"`)
        this.onLazyError(this.packageOf(path), error)
      },
    )
  }

  /** Readies the style sheets of components; glass-easel asks only for those that a page used when it was made. */
  #useSheets(paths: string[]): string[] {
    const scopes = this.#space.getComponentSpace()
    return paths.filter((path) => {
      if (!this.#sheets.has(path)) return false
      const scope = scopes.getComponentByUrlWithoutDefault(`/${path}`, '')?.getComponentOptions().styleScope
      this.#sheets.use(path, scope ?? undefined)
      return true
    })
  }

  /** Called when the package of a component that has a placeholder cannot be loaded. */
  onLazyError: (name: string, error: unknown) => void = () => undefined

  /** Called with the sheets of components that were registered after pages that use them were built. */
  onLateComponent: (sheets: string[]) => void = () => undefined

  /** Whether an entry of `subPackages` is the package `name`. */
  isPackage(entry: { name: string; root: string }, name: string): boolean {
    const info = this.#packages.find((item) => item.name === name)
    return info !== undefined && (entry.name === name || trimmed(entry.root) === trimmed(info.root))
  }
}

/** Notes in the error, once, which module it came out of: a stack has only lines of the whole package. */
function attribute(error: unknown, key: string): unknown {
  if (error instanceof Error && !error.message.includes("(in module '")) {
    try {
      error.message += ` (in module '${key}')`
    } catch {
      // A frozen error keeps its message.
    }
  }
  return error
}
