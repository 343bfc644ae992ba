// The shape of WeChat's functions: callbacks or a promise, `errMsg`, checked parameters.
import type { Reporter } from '../framework/reporter'

/** Options of a call: whatever the program passed, and its callbacks. */
export type Options = Record<string, unknown> & {
  success?: (result: Result) => void
  fail?: (error: Failure) => void
  complete?: (result: Result | Failure) => void
}

export type Result = Record<string, unknown>

/** What a failed call gives: WeChat's object, not an Error. */
export interface Failure {
  errMsg: string
  errno?: number
  [key: string]: unknown
}

/**
 * Does the work; resolves with the answer without `errMsg`, rejects with a {@link Failure}, an Error or a reason. This is
 * the form without types, for what wraps functions; functions of `wx` are written as `Work` of typed.ts.
 */
// Any options: each function has its own.
export type AnyWork = (options: any) => unknown

type TypeName =
  'String' | 'Number' | 'Boolean' | 'Object' | 'Array' | 'Function' | 'ArrayBuffer' | 'Uint8ClampedArray'

/** What type a parameter must have, by WeChat's names; a trailing `?` makes it optional, `Any` takes all. */
export type ParameterRule = TypeName | `${TypeName}?` | 'Any'

/** Rules by parameter. */
export type ParameterRules = { readonly [parameter: string]: ParameterRule | undefined }

/** Makes the function that a program calls. */
export function asyncFunction(name: string, work: AnyWork, reporter: Reporter, rules?: ParameterRules) {
  return (given?: unknown): Promise<Result> | undefined => {
    const options = (given !== null && typeof given === 'object' ? given : {}) as Options
    const answer = run(name, work, options, rules)
    reporter.traceCall(name, options, answer)
    if (!hasCallbacks(options)) return answer
    settle(name, options, answer, reporter)
    return undefined
  }
}

/** Whether the program wants callbacks; otherwise it gets a promise. */
export function hasCallbacks(options: Options): boolean {
  return [options.success, options.fail, options.complete].some((callback) => typeof callback === 'function')
}

/** Runs a call: parameters, work, `errMsg`. */
export async function run(
  name: string,
  work: AnyWork,
  options: Options,
  rules?: ParameterRules,
): Promise<Result> {
  const wrong = rules && parameterError(options, rules)
  if (wrong) throw failure(name, `parameter error: ${wrong}`, 1001)
  try {
    const result = (await work(options)) as Result | undefined
    return { errMsg: `${name}:ok`, ...result }
  } catch (error) {
    throw asFailure(name, error)
  }
}

/** Hands a call's end to its callbacks. An error thrown by a callback is the program's and is reported. */
export function settle(name: string, options: Options, answer: Promise<Result>, reporter: Reporter): void {
  const call = (callback: unknown, value: unknown, which: string): void => {
    if (typeof callback !== 'function') return
    reporter.guard(`${name} ${which}`, () => (callback as (value: unknown) => void).call(options, value))
  }
  void answer.then(
    (result) => {
      call(options.success, result, 'success')
      call(options.complete, result, 'complete')
    },
    (error: unknown) => {
      call(options.fail, error, 'fail')
      call(options.complete, error, 'complete')
    },
  )
}

/** `name:fail reason`. */
export function failure(name: string, reason: string, errno?: number): Failure {
  const errMsg = reason ? `${name}:fail ${reason}` : `${name}:fail`
  return errno === undefined ? { errMsg } : { errMsg, errno }
}

/** Puts whatever was thrown into WeChat's shape. */
export function asFailure(name: string, error: unknown): Failure {
  if (error !== null && typeof error === 'object' && 'errMsg' in error) {
    const given = error as Failure
    const text = String(given.errMsg)
    // `setStorageSync` and `setStorage` are one function on the wire, `FileSystemManager.open` is `open`.
    if (text.startsWith(`${name}:`)) return given
    const reason = text.replace(/^[\w.]*:fail ?/, '')
    return { ...given, errMsg: failure(name, reason).errMsg }
  }
  if (error instanceof Error) return failure(name, error.message)
  return failure(name, String(error))
}

/** WeChat's sentence about the first wrong parameter, or undefined. */
export function parameterError(options: Options, rules: ParameterRules): string | undefined {
  for (const [name, rule] of Object.entries(rules)) {
    if (rule === undefined || rule === 'Any') continue
    const optional = rule.endsWith('?')
    const value = options[name]
    if (optional && (value === undefined || value === null)) continue
    const wanted = optional ? rule.slice(0, -1) : rule
    const is = typeName(value)
    if (wanted !== is) return `parameter.${name} should be ${wanted} instead of ${is};`
  }
  return undefined
}

/** A value's type as WeChat names it. */
export function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
