// What took how long: entries for `wx.getPerformance`. Times are milliseconds since 1970, as WeChat's are.
import type { Launch } from './launch'

type Entry = WechatMiniprogram.PerformanceEntry

/** An entry has the fields of its kind only. WeChat documents more kinds than its typings name. */
export type TimelineEntry = Partial<Omit<Entry, 'entryType'>> & {
  entryType: Entry['entryType'] | 'loadPackage'
  name: Entry['name']
  startTime: number
  duration: number
}

/** The browser's entries that are passed on, by their own names. */
const PAINTS: Record<string, Entry['name']> = {
  'first-paint': 'firstPaint',
  'first-contentful-paint': 'firstContentfulPaint',
  'largest-contentful-paint': 'largestContentfulPaint',
}

export class Timeline {
  #entries: TimelineEntry[] = []
  #size = 30
  #listeners: ((entry: TimelineEntry) => void)[] = []

  now(): number {
    return performance.timeOrigin + performance.now()
  }

  /** Adds an entry; beyond the buffer's size the oldest goes. */
  add(entry: TimelineEntry): void {
    this.#entries = [...this.#entries, entry].slice(-this.#size)
    for (const listener of this.#listeners) listener(entry)
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries
  }

  /** How many entries are kept. */
  set size(size: number) {
    this.#size = Math.max(1, Math.floor(size) || 1)
    this.#entries = this.#entries.slice(-this.#size)
  }

  /** Hears of each new entry; the returned function ends that. */
  listen(listener: (entry: TimelineEntry) => void): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => void (this.#listeners = this.#listeners.filter((item) => item !== listener))
  }

  /** The first page is ready: the program has started. */
  launched(path: string, pageId: number): void {
    const startTime = performance.timeOrigin
    const duration = this.now() - startTime
    const more = { path, pageId, navigationStart: startTime, navigationType: 'appLaunch' }
    this.add({ entryType: 'navigation', name: 'appLaunch', startTime, duration, ...more })
    this.#watchPaint(path, pageId)
  }

  /** Runs the script of a package, and tells how long that and its loading took. */
  evaluate(packages: Launch['packages'], name: string, run: () => void): void {
    const startTime = this.now()
    run()
    const moduleName = name === 'main' ? '__APP__' : name
    const duration = this.now() - startTime
    const script = packages.find((item) => item.name === name)?.script ?? ''
    this.add({
      entryType: 'script',
      name: 'evaluateScript',
      startTime,
      duration,
      moduleName,
      fileList: [script],
    })
    // The browser notes the transfer once the script has run.
    setTimeout(() => this.#loaded(script, moduleName), 0)
  }

  #loaded(script: string, packageName: string): void {
    const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    const found = all.find((item) => script !== '' && item.name.endsWith(script))
    if (!found) return
    const startTime = performance.timeOrigin + found.startTime
    const { duration, decodedBodySize: packageSize } = found
    this.add({
      entryType: 'loadPackage',
      name: 'downloadPackage',
      startTime,
      duration,
      packageName,
      packageSize,
    })
  }

  /** Not every engine tells of painting; WeChat's does not on iOS either. */
  #watchPaint(path: string, pageId: number): void {
    for (const type of ['paint', 'largest-contentful-paint']) {
      try {
        new PerformanceObserver((list) => {
          for (const { name, entryType, startTime } of list.getEntries()) {
            const known = PAINTS[name] ?? PAINTS[entryType]
            if (!known) continue
            const at = performance.timeOrigin + startTime
            this.add({ entryType: 'render', name: known, startTime: at, duration: 0, path, pageId })
          }
        }).observe({ type, buffered: true })
      } catch {
        // An engine without this kind of entry.
      }
    }
  }
}
