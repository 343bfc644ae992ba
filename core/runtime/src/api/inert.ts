// Functions without an effect here that programs call and do not depend on: analytics, warming up. Their rows in the
// registry say `partial`, so `lodger compat` tells of them.
import type { Implementations } from './wx'

const nothing = (): void => undefined

/** Adds the functions. */
export function addInert(own: Implementations): void {
  own.set({
    reportEvent: nothing,
    reportAnalytics: nothing,
    reportMonitor: nothing,
    reportPerformance: nothing,
  })
  // Every page is a part of one document here: there is no webview to make beforehand.
  own.asyncAll({ preloadWebview: nothing, preloadSkylineView: nothing })
}
