// What going back closes before it leaves the page: an open page-container, a dialog.
import type { Bridge } from '../bridge/client'

/** Keeps what is open, the newest last. The host's own back comes as event `back` while there is something. */
/** Something open. `host`: only the person's own back closes it, not `wx.navigateBack`. */
interface Catch {
  close: () => void
  host: boolean
}

export class BackCatcher {
  readonly #bridge: Bridge
  readonly #open: Catch[] = []

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.on('back', () => {
      this.#close(this.#open[this.#open.length - 1])
      // It was caught once; what is open below catches the next.
      if (this.#open.length > 0) this.#tell()
    })
  }

  /** Going back calls `close` in place of leaving the page. Returns a function for when it is closed otherwise. */
  add(close: () => void, host = false): () => void {
    const entry: Catch = { close, host }
    this.#open.push(entry)
    if (this.#open.length === 1) this.#tell()
    return () => this.#remove(entry)
  }

  /** The program goes back: closes the newest of what that closes; false if there is nothing. */
  take(): boolean {
    return this.#close([...this.#open].reverse().find(({ host }) => !host))
  }

  #close(entry: Catch | undefined): boolean {
    if (!entry) return false
    this.#remove(entry)
    entry.close()
    return true
  }

  #remove(entry: Catch): void {
    const at = this.#open.indexOf(entry)
    if (at < 0) return
    this.#open.splice(at, 1)
    if (this.#open.length === 0) this.#tell()
  }

  #tell(): void {
    this.#bridge.notify('report', { kind: 'catchBack', on: this.#open.length > 0 })
  }
}
