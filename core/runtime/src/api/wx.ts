// The object `wx`: every function of the registry that is done here, those the engine does passed on, and a proxy that
// tells of names that do not exist.
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure, type Parameters, type Work } from './call'
import { registered, registeredRows } from './registry'

/** Functions done in the page, by name. */
export class Implementations {
  readonly #all = new Map<string, unknown>()
  readonly #reporter: Reporter

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  /** A function with callbacks and promise. */
  async(name: string, work: Work, parameters?: Parameters): void {
    this.#all.set(name, asyncFunction(name, work, this.#reporter, parameters))
  }

  /** Several such functions. */
  asyncAll(works: Record<string, Work>): void {
    for (const [name, work] of Object.entries(works)) this.async(name, work)
  }

  /** Anything else: synchronous functions, objects. */
  set(values: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(values)) this.#all.set(name, value)
  }

  get(name: string): unknown {
    return this.#all.get(name)
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

/** Makes `wx`. */
export function createWx(own: Implementations, bridge: Bridge, reporter: Reporter): Record<string, unknown> {
  const target: Record<string, unknown> = {}
  for (const { name, kind } of registeredRows()) {
    const value = own.get(name)
    if (value !== undefined) target[name] = value
    else if (kind === 'async') {
      target[name] = asyncFunction(
        name,
        (options) => bridge.call(name, withoutCallbacks(options)).answer,
        reporter,
      )
    }
  }
  return new Proxy(target, {
    get(table, name) {
      if (typeof name === 'string' && !(name in table) && !INNER.has(name)) reporter.missing(`wx.${name}`)
      return table[name as string]
    },
  })
}

/** Calls a function of `wx` by name, as built-in components do. Rejects for a name that does not exist. */
export function callByName(wx: Record<string, unknown>, name: string, options: object): Promise<unknown> {
  const work = registered(name) ? wx[name] : undefined
  if (typeof work !== 'function') return Promise.reject(failure(name, 'not supported'))
  return new Promise((resolve, reject) => {
    ;(work as (options: object) => void)({ ...options, success: resolve, fail: reject })
  })
}

function withoutCallbacks(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'function'))
}
