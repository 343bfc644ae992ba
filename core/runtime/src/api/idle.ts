// wx.requestIdleCallback. Safari has none: there an idle time is what comes after the next frame.
import type { Reporter } from '../framework/reporter'
import { failure, typeName } from './call'
import type { Implementations } from './wx'

/** Adds the functions. */
export function addIdle(own: Implementations, reporter: Reporter): void {
  const has = typeof window.requestIdleCallback === 'function'
  own.set({
    requestIdleCallback: (callback, option) => {
      if (typeof callback !== 'function')
        throw failure(
          'requestIdleCallback',
          `parameter error: callback should be Function instead of ${typeName(callback)};`,
          1001,
        )
      const run = (): void =>
        void reporter.guard('requestIdleCallback', () => callback({ errMsg: 'requestIdleCallback:ok' }))
      const timeout = Number(option?.timeout)
      if (has) return window.requestIdleCallback(run, timeout > 0 ? { timeout } : undefined)
      return window.setTimeout(run, 1)
    },
    cancelIdleCallback: (id) => (has ? window.cancelIdleCallback(Number(id)) : clearTimeout(Number(id))),
  })
}
