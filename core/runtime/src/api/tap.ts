// Functions that WeChat carries out only for a person's tap. The host's own sheets are what protects the user; this tells
// authors what WeChat would.
import { failure } from './call'

/** A tap is good for what it sets off within this time (milliseconds): browsers count so, too. */
const GOOD_FOR = 5_000

/** Remembers when the user has tapped last. */
export class Taps {
  #last = -Infinity

  /** A person has tapped. */
  readonly tapped = (): void => {
    this.#last = performance.now()
  }

  /** Throws WeChat's failure unless a tap set this off. */
  need(api: string): void {
    if (performance.now() - this.#last > GOOD_FOR)
      throw failure(api, 'can only be invoked by user TAP gesture.')
  }
}
