// The channel between a page and the one that opened it (`wx.navigateTo({ events })`, `getOpenerEventChannel`).

type Listener = (...args: unknown[]) => void

/** One end; what it emits, the other end's listeners get. */
export interface EventChannel {
  on(name: string, listener: Listener): void
  once(name: string, listener: Listener): void
  off(name: string, listener?: Listener): void
  emit(name: string, ...args: unknown[]): void
}

/** Makes both ends. Events that nobody listens to yet wait, since the opened page loads later than its opener emits. */
export function channelPair(): [EventChannel, EventChannel] {
  const first = new End()
  const second = new End()
  first.other = second
  second.other = first
  return [first, second]
}

class End implements EventChannel {
  other: End | undefined
  readonly #listeners = new Map<string, { listener: Listener; once: boolean }[]>()
  readonly #waiting = new Map<string, unknown[][]>()

  on(name: string, listener: Listener): void {
    this.#add(name, listener, false)
  }

  once(name: string, listener: Listener): void {
    this.#add(name, listener, true)
  }

  off(name: string, listener?: Listener): void {
    const left = listener
      ? this.#listeners.get(name)?.filter((entry) => entry.listener !== listener)
      : undefined
    if (left?.length) this.#listeners.set(name, left)
    else this.#listeners.delete(name)
  }

  emit(name: string, ...args: unknown[]): void {
    this.other?.receive(name, args)
  }

  receive(name: string, args: unknown[]): void {
    const entries = this.#listeners.get(name)
    if (!entries?.length) {
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), args])
      return
    }
    for (const entry of [...entries]) {
      if (entry.once) this.off(name, entry.listener)
      entry.listener(...args)
    }
  }

  #add(name: string, listener: Listener, once: boolean): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { listener, once }])
    const waiting = this.#waiting.get(name)
    if (!waiting) return
    this.#waiting.delete(name)
    for (const args of waiting) this.receive(name, args)
  }
}
