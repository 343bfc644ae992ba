// Functions without an effect here that programs call and do not depend on: update manager, logs, analytics. Their
// rows in the registry say `partial`, so `lodger compat` tells of them.
import type { Implementations } from './wx'

const nothing = (): void => undefined

/** Adds the functions. */
export function addInert(own: Implementations): void {
  own.set({
    // Updates are the host's: the next open runs the new release (DESIGN 3).
    getUpdateManager: () => ({
      applyUpdate: nothing,
      onCheckForUpdate: (listener: unknown) => {
        if (typeof listener === 'function')
          setTimeout(() => (listener as (r: object) => void)({ hasUpdate: false }), 0)
      },
      onUpdateFailed: nothing,
      onUpdateReady: nothing,
    }),
    getLogManager: () => logger(),
    getRealtimeLogManager: () => ({
      ...logger(),
      error: (...args: unknown[]) => console.error(...args),
      addFilterMsg: nothing,
      setFilterMsg: nothing,
      getCurrentState: () => ({ size: 0, maxSize: 0, logCount: 0, maxLogCount: 0 }),
      tag: () => logger(),
    }),
    reportEvent: nothing,
    reportAnalytics: nothing,
    reportMonitor: nothing,
    reportPerformance: nothing,
  })
}

/** Log lines go to the console, which the host gets. */
function logger(): Record<string, (...args: unknown[]) => void> {
  return {
    debug: (...args) => console.debug(...args),
    info: (...args) => console.info(...args),
    log: (...args) => console.log(...args),
    warn: (...args) => console.warn(...args),
    error: (...args) => console.error(...args),
  }
}
