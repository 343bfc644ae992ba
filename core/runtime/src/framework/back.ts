// What going back closes before it leaves the page: an open page-container.
import type { Bridge } from '../bridge/client'

/** Keeps what is open, the newest last. The host's own back comes as event `back` while there is something. */
export class BackCatcher {
  readonly #bridge: Bridge
  readonly #open: (() => void)[] = []

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.on('back', () => {
      this.take()
      // It was caught once; what is open below catches the next.
      if (this.#open.length > 0) this.#tell()
    })
  }

  /** Going back calls `close` in place of leaving the page. Returns a function for when it is closed otherwise. */
  add(close: () => void): () => void {
    this.#open.push(close)
    if (this.#open.length === 1) this.#tell()
    return () => this.#remove(close)
  }

  /** Closes the newest; false if nothing is open. */
  take(): boolean {
    const close = this.#open[this.#open.length - 1]
    if (!close) return false
    this.#remove(close)
    close()
    return true
  }

  #remove(close: () => void): void {
    const at = this.#open.indexOf(close)
    if (at < 0) return
    this.#open.splice(at, 1)
    if (this.#open.length === 0) this.#tell()
  }

  #tell(): void {
    this.#bridge.notify('report', { kind: 'catchBack', on: this.#open.length > 0 })
  }
}
