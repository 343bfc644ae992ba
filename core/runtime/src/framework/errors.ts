// Errors that nobody caught: of scripts, of promises, of glass-easel.
import * as glassEasel from 'glass-easel'
import type { App } from './app'
import type { Reporter } from './reporter'

/** Hooks into the window and glass-easel; its warnings (unknown properties and the like) are for developers only. */
export function catchErrors(reporter: Reporter, app: App, development: boolean): void {
  window.addEventListener('error', (event) => {
    // Pictures that fail to load also end here; the component tells of them.
    if (event.error === undefined && !event.message) return
    reporter.error(event.error ?? `${event.message} (${event.filename}:${event.lineno}:${event.colno})`)
  })
  window.addEventListener('unhandledrejection', (event) => {
    reporter.error(event.reason, 'unhandled promise rejection')
    app.rejected(event.reason, event.promise)
  })
  glassEasel.globalOptions.throwGlobalError = false
  glassEasel.addGlobalErrorListener((error, method, component) => {
    const where = typeof component === 'string' ? component : component?.is
    reporter.error(error, [where, method].filter(Boolean).join(' '))
    // It has been told; glass-easel shall not print it as well.
    return false
  })
  // Each once: a list without unique keys would warn on every update.
  const warned = new Set<string>()
  glassEasel.addGlobalWarningListener((message, component) => {
    const text = `${message} (${typeof component === 'string' ? component : component.is})`
    if (development && !warned.has(text)) {
      warned.add(text)
      console.warn(text)
    }
    return false
  })
}
