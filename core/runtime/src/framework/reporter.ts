// What went wrong, told to the host: script errors, missing functions, console lines. Nothing is swallowed, and
// nothing here throws: reporting an error must not make another.
import type { Bridge } from '../bridge/client'

const MAX_TEXT = 8_000

/** A program's error as `App.onError` and the host get it. */
export interface ScriptError {
  message: string
  stack: string
}

export class Reporter {
  readonly #bridge: Bridge
  readonly #missing = new Set<string>()
  #listeners: ((error: ScriptError) => void)[] = []
  #page: () => string = () => ''
  #busy = false
  #traced: ((api: string) => boolean) | undefined

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Which page is on top, for the report. */
  setPage(page: () => string): void {
    this.#page = page
  }

  /** Calls `listener` for each script error (`App.onError`, `wx.onError`). */
  onError(listener: (error: ScriptError) => void): void {
    this.#listeners.push(listener)
  }

  /** Reports an error of the program; `where` says which handler it came from. */
  error(error: unknown, where?: string): void {
    const described = describe(error, where)
    this.#bridge.notify('report', { kind: 'scriptError', ...described, page: this.#page() })
    print('error', described.stack || described.message)
    // A listener that throws is reported once more, but not to the listeners.
    if (this.#busy) return
    this.#busy = true
    for (const listener of this.#listeners) {
      try {
        listener(described)
      } catch (again) {
        this.error(again, 'onError')
      }
    }
    this.#busy = false
  }

  /** Runs a handler of the program; an error is reported and gives undefined. */
  guard<T>(where: string, run: () => T): T | undefined {
    try {
      const result = run()
      return result
    } catch (error) {
      this.error(error, where)
      return undefined
    }
  }

  /** Reports a name that does not exist here, once. */
  missing(name: string): void {
    if (this.#missing.has(name)) return
    this.#missing.add(name)
    this.#bridge.notify('report', { kind: 'missing', api: name })
  }

  /** Reports one console line. */
  console(level: string, text: string, stack: string): void {
    this.#bridge.notify('report', { kind: 'console', level, text: clip(text), stack: clip(stack) })
  }

  /** Development: reports calls of the functions that `traced` names, which the engine does not see. */
  trace(traced: (api: string) => boolean): void {
    this.#traced = traced
  }

  /** Reports one call at its end, if it is to be traced. */
  traceCall(api: string, options: object, answer: Promise<unknown>): void {
    if (!this.#traced?.(api)) return
    const began = performance.now()
    // As it was called: the program may change its object meanwhile.
    const args = clip(show(options))
    const report = (end: unknown): void =>
      this.send('call', {
        api,
        args,
        errMsg: String((end as { errMsg?: unknown } | undefined)?.errMsg),
        ms: performance.now() - began,
      })
    answer.then(report, report)
  }

  /** Reports anything else of bridge.md: `firstContent`, `pageReady`, `title`, `share`, `dev`. */
  send(kind: string, fields: Record<string, unknown>): void {
    this.#bridge.notify('report', { kind, ...fields })
  }
}

/** The console as it was before it was captured, so that our own lines are not reported twice. */
const plain: Partial<Record<string, (...args: unknown[]) => void>> = {}

function print(level: 'error' | 'warn', text: string): void {
  const write = plain[level] ?? console[level].bind(console)
  write(text)
}

/** Captures `console.*`: lines are printed as ever and reported as well. */
export function captureConsole(console: Console, reporter: Reporter): void {
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const write = console[level].bind(console)
    plain[level] = write
    console[level] = (...args: unknown[]) => {
      write(...args)
      const error = args.find((arg): arg is Error => arg instanceof Error)
      reporter.console(level, args.map((arg) => show(arg)).join(' '), error?.stack ?? '')
    }
  }
}

/** One console argument as text, never longer than a few lines of it are useful, never throwing. */
function show(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'function') return `[Function ${value.name || 'anonymous'}]`
  if (value === null || typeof value !== 'object') return String(value)
  const seen = new Set<unknown>()
  try {
    const text = JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === 'function') return `[Function ${item.name || 'anonymous'}]`
      if (typeof item === 'bigint') return `${item}n`
      if (item !== null && typeof item === 'object') {
        if (seen.has(item)) return '[seen above]'
        if (item instanceof Node) return `<${item.nodeName.toLowerCase()}>`
        seen.add(item)
      }
      return item
    })
    return text ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** Message and stack of whatever was thrown. */
export function describe(error: unknown, where?: string): ScriptError {
  const prefix = where ? `${where}: ` : ''
  if (error instanceof Error) {
    const message = `${prefix}${error.name}: ${error.message}`
    // WebKit's stack has no message line, Chromium's has.
    const stack = error.stack ?? ''
    const whole = stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`
    return { message: clip(message), stack: clip(whole) }
  }
  if (error !== null && typeof error === 'object' && 'errMsg' in error) {
    return { message: clip(prefix + String(error.errMsg)), stack: '' }
  }
  return { message: clip(prefix + show(error)), stack: '' }
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
