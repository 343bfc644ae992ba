// The object `wx`: every function of the registry that is done here, those the engine does passed on, those that do not
// work as functions that fail, and a proxy that tells of names that nobody knows.
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure } from './call'
import { missingFunction } from './missing'
import { missingRows, registered, registeredRows } from './registry'
import type { AsyncName, FreeName, RuleArguments, Work, WxType } from './typed'

/** Functions done in the page, by name; their types are WeChat's. */
export class Implementations {
  readonly #all = new Map<string, unknown>()
  readonly #reporter: Reporter

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  /** A function with callbacks and promise. Every required parameter needs its rule. */
  async<N extends AsyncName>(name: N, work: Work<N>, ...[rules]: RuleArguments<N>): void {
    this.#all.set(name, asyncFunction(name, work, this.#reporter, rules))
  }

  /** Several such functions without required parameters. */
  asyncAll(works: { [N in FreeName]?: Work<N> }): void {
    for (const [name, work] of Object.entries(works))
      this.#all.set(name, asyncFunction(name, work, this.#reporter))
  }

  /** Anything else: synchronous functions, objects, functions that return a task. */
  set(values: Partial<WxType>): void {
    for (const [name, value] of Object.entries(values)) this.#all.set(name, value)
  }

  /** The listener function of an event row, `onX` or `offX`. */
  event(name: string, listen: (listener?: unknown) => void): void {
    this.#all.set(name, listen)
  }

  get(name: string): unknown {
    return this.#all.get(name)
  }

  /** All names. */
  get names(): string[] {
    return [...this.#all.keys()]
  }
}

/** Names that the language and libraries look for on any object. */
const INNER = new Set([
  'then',
  'toJSON',
  'constructor',
  'prototype',
  'nodeType',
  'tagName',
  'length',
  'inspect',
  '_isVue',
])

/** `wx` as the base library itself uses it. */
export type Wx = Partial<WxType>

/** Makes `wx`. */
export function createWx(own: Implementations, bridge: Bridge, reporter: Reporter): Wx {
  const target: Record<string, unknown> = {}
  for (const { name, kind } of registeredRows()) {
    // A method of an object that some function makes.
    if (name.includes('.')) continue
    const value = own.get(name)
    if (value !== undefined) target[name] = value
    else if (kind === 'async' || kind === 'device') {
      target[name] = asyncFunction(
        name,
        (options) => bridge.call(name, withoutCallbacks(options)).answer,
        reporter,
      )
    }
  }
  for (const row of missingRows())
    if (!row.name.includes('.')) target[row.name] = missingFunction(row, reporter)
  return new Proxy(target, {
    get(table, name) {
      if (typeof name === 'string' && !(name in table) && !INNER.has(name)) reporter.missing(`wx.${name}`)
      return table[name as string]
    },
  })
}

/** Calls a function of `wx` by name, as built-in components do. Rejects for a name that does not exist. */
export function callByName(wx: Wx, name: string, options: object): Promise<unknown> {
  const work = registered(name) ? (wx as Record<string, unknown>)[name] : undefined
  if (typeof work !== 'function') return Promise.reject(failure(name, 'not supported'))
  return new Promise((resolve, reject) => {
    ;(work as (options: object) => void)({ ...options, success: resolve, fail: reject })
  })
}

function withoutCallbacks(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'function'))
}
