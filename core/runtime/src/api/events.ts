// `wx.onX` and `wx.offX`: lists of listeners of the program.
import type { Reporter } from '../framework/reporter'

type Listener = (value: unknown) => unknown

export class WxEvents {
  readonly #reporter: Reporter
  readonly #listeners = new Map<string, Listener[]>()

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  /** The functions `onX` and `offX` for the event `X` (`AppShow`, `ThemeChange`). */
  functions(event: string): [on: (listener: unknown) => void, off: (listener?: unknown) => void] {
    return [
      (listener) => {
        if (typeof listener === 'function')
          this.#listeners.set(event, [...this.#of(event), listener as Listener])
      },
      (listener) => {
        this.#listeners.set(
          event,
          listener === undefined ? [] : this.#of(event).filter((item) => item !== listener),
        )
      },
    ]
  }

  /** Calls the listeners of `event`; true if there is one. */
  emit(event: string, value?: unknown): boolean {
    const list = this.#of(event)
    for (const listener of list) this.#reporter.guard(`on${event}`, () => listener(value))
    return list.length > 0
  }

  #of(event: string): Listener[] {
    return this.#listeners.get(event) ?? []
  }
}
