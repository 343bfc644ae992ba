// The scope in which a program's modules run. WeChat hides the browser from them; so do we. This is compatibility,
// not security: what must hold against a hostile program is kept by the engine and the content security policy.

/** The object that modules see as `global` and `globalThis`. */
export type AppGlobal = Record<string, unknown>

/** Standard names that libraries look for on the global object. */
const STANDARD = [
  ...['Array', 'ArrayBuffer', 'BigInt', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'Float32Array'],
  ...[
    'Float64Array',
    'Infinity',
    'Int16Array',
    'Int32Array',
    'Int8Array',
    'Intl',
    'JSON',
    'Map',
    'Math',
    'NaN',
  ],
  ...[
    'Number',
    'Object',
    'Promise',
    'Proxy',
    'RangeError',
    'ReferenceError',
    'Reflect',
    'RegExp',
    'Set',
    'String',
  ],
  ...['Symbol', 'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array'],
  ...['Uint8ClampedArray', 'WeakMap', 'WeakSet', 'decodeURI', 'decodeURIComponent', 'encodeURI'],
  ...['encodeURIComponent', 'escape', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'undefined', 'unescape'],
  ...['clearInterval', 'clearTimeout', 'setInterval', 'setTimeout', 'console', 'WebAssembly'],
]

/** Makes the object; `own` are WeChat's names (`wx`, `App`, …). */
export function createAppGlobal(real: object, own: Record<string, unknown>): AppGlobal {
  const scope: AppGlobal = {}
  const source = real as Record<string, unknown>
  for (const name of STANDARD) {
    if (!(name in source)) continue
    const value = source[name]
    // Timers check that they are called on the window.
    scope[name] = /^(?:clear|set)(?:Timeout|Interval)$/.test(name) ? (value as () => void).bind(real) : value
  }
  Object.assign(scope, own)
  scope['global'] = scope
  scope['globalThis'] = scope
  return scope
}

/**
 * `Function` as modules see it. Libraries find the global object by `Function('return this')()` and regenerator
 * sets its variable by `Function('r', 'regeneratorRuntime = r')(runtime)`; those two work. All other code from
 * strings is refused as WeChat refuses it.
 */
export function createFunction(scope: AppGlobal, real: object): FunctionConstructor {
  const shim = function (...args: unknown[]): unknown {
    const body = String(args[args.length - 1] ?? '').trim()
    if (/^(?:['"]use strict['"];?\s*)?return this;?$/.test(body)) return () => scope
    const assignment = /^([A-Za-z_$][\w$]*)\s*=\s*([A-Za-z_$][\w$]*);?$/.exec(body)
    if (assignment?.[1] && args.length === 2 && assignment[2] === String(args[0]).trim()) {
      const name = assignment[1]
      return (value: unknown) => {
        scope[name] = value
        ;(real as Record<string, unknown>)[name] = value
      }
    }
    throw new EvalError('Code generation from strings disallowed for this context')
  }
  shim.prototype = Function.prototype
  return shim as unknown as FunctionConstructor
}
