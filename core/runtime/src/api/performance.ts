// wx.getPerformance: reads and watches the program's timeline.
import type { Reporter } from '../framework/reporter'
import type { Timeline, TimelineEntry } from '../framework/timeline'

type Performance = WechatMiniprogram.Performance
type Entry = WechatMiniprogram.PerformanceEntry

const TYPES = ['navigation', 'render', 'script', 'loadPackage']

/** Lists as WeChat hands them out: each entry is a copy. */
function listOf(entries: readonly TimelineEntry[]): WechatMiniprogram.EntryList {
  const where = (keep: (entry: TimelineEntry) => boolean): Entry[] =>
    // The typings name the fields of all kinds in one; an entry has those of its own.
    entries.filter(keep).map((entry) => ({ ...entry }) as Entry)
  return {
    getEntries: () => where(() => true),
    getEntriesByName: (name, type) =>
      where((entry) => entry.name === name && (type === undefined || entry.entryType === type)),
    getEntriesByType: (type) => where((entry) => entry.entryType === type),
  }
}

/** Makes the one object of the program. */
export function createPerformance(timeline: Timeline, reporter: Reporter): Performance {
  return {
    getEntries: () => listOf(timeline.entries).getEntries(),
    getEntriesByName: (name, type) => listOf(timeline.entries).getEntriesByName(name, type),
    getEntriesByType: (type) => listOf(timeline.entries).getEntriesByType(type),
    setBufferSize: (size) => void (timeline.size = Number(size)),
    createObserver(callback) {
      let stop = (): void => undefined
      return {
        supportedEntryTypes: [...TYPES],
        observe({ entryTypes, type }) {
          stop()
          const wanted = entryTypes ?? [type]
          stop = timeline.listen((entry) => {
            if (wanted.includes(entry.entryType as 'script'))
              reporter.guard('PerformanceObserver', () => callback(listOf([entry])))
          })
        },
        disconnect: () => stop(),
      }
    },
  }
}
