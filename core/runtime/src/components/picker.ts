// picker: opens a sheet with turning columns.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import {
  chosen,
  dateColumns,
  dateOf,
  rangeTexts,
  timeColumns,
  timeOf,
  within,
  type DateFields,
  type PickerColumn,
} from './picker-columns'
import { depthOf, loadRegions, regionColumns, regionValue, type Region } from './regions'
import { openPickerSheet, type PickerSheet } from '../ui/picker-sheet'

/** `<picker>`. */
export const picker: Definition = {
  tag: 'picker',
  properties: {
    mode: [String, 'selector'],
    range: [null],
    rangeKey: [String],
    value: [null],
    start: [String],
    end: [String],
    fields: [String, 'day'],
    customItem: [String],
    level: [String],
    headerText: [String],
    disabled: [Boolean],
  },
  create(host) {
    let sheet: PickerSheet | undefined
    let initial: unknown
    let first = true
    let regions: Region[] = []
    const isDisabled = (): boolean => host.flag('disabled')
    const focusable = makeFocusable(host, isDisabled)
    const failed = (why: Error): void => {
      host.env.error(why)
      host.emit('cancel', { errMsg: `picker:fail ${why.message}` })
    }
    const open = (): void => {
      if (isDisabled() || sheet) return
      if (host.text('mode') === 'region' && regions.length === 0) {
        loadRegions().then((loaded) => {
          regions = loaded
          if (host.isAttached) open()
        }, failed)
        return
      }
      const mode = modeOf(host, regions)
      if (!mode) return failed(new Error(`mode "${host.text('mode')}" is not known`))
      let shown = mode.columns()
      sheet = openPickerSheet({
        title: host.text('headerText'),
        columns: shown,
        onTurn: (column, index) => {
          const next = shown.map((part, at) => (at === column ? { ...part, index } : part))
          shown = mode.turned(next, column)
          return shown
        },
        onDone: (confirmed) => {
          sheet = undefined
          if (!confirmed) return host.emit('cancel', {})
          const detail = mode.detail(shown)
          host.set({ value: detail.value })
          host.emit('change', detail)
        },
      })
    }
    host.on('tap', open)
    return {
      field: {
        value: () => host.values.value ?? '',
        reset: () => host.set({ value: initial ?? null }),
        activate: open,
      },
      update(changed) {
        if (first) initial = host.values.value
        first = false
        setAria(host, { role: 'button', 'aria-haspopup': 'dialog' })
        focusable()
        // `bindcolumnchange` sets new ranges for the columns behind the one that turned.
        if (sheet && changed && (changed.has('range') || changed.has('value'))) {
          const mode = modeOf(host, regions)
          if (mode) sheet.setColumns(mode.columns())
        }
      },
      detached() {
        sheet?.close()
        sheet = undefined
      },
    }
  },
}

interface Mode {
  columns(): PickerColumn[]
  /** A column was turned: the columns as they are now. */
  turned(columns: PickerColumn[], column: number): PickerColumn[]
  /** What `change` tells. */
  detail(columns: readonly PickerColumn[]): { value: unknown; code?: string[] }
}

function modeOf(host: Host, regions: readonly Region[]): Mode | null {
  const key = host.text('rangeKey')
  const [start, end] = [host.text('start'), host.text('end')]
  switch (host.text('mode') || 'selector') {
    case 'selector': {
      const items = rangeTexts(host.values.range, key)
      return {
        columns: () => [{ items, index: within(host.number('value'), 0, Math.max(0, items.length - 1)) }],
        turned: (columns) => columns,
        // WeChat gives the index as text here, and as numbers in `multiSelector`.
        detail: (columns) => ({ value: String(columns[0]?.index ?? 0) }),
      }
    }
    case 'multiSelector': {
      const ranges = Array.isArray(host.values.range) ? (host.values.range as unknown[]) : []
      const values = Array.isArray(host.values.value) ? (host.values.value as unknown[]) : []
      return {
        columns: () =>
          ranges.map((range, at) => {
            const items = rangeTexts(range, key)
            return { items, index: within(Number(values[at]), 0, Math.max(0, items.length - 1)) }
          }),
        turned(columns, column) {
          host.emit('columnchange', { column, value: columns[column]?.index ?? 0 })
          // The handler may have set new ranges; `update` has put them in already.
          const now = modeOf(host, regions)?.columns() ?? columns
          const same = now.every((part, at) => part.items.join('\n') === columns[at]?.items.join('\n'))
          return same
            ? columns
            : now.map((part, at) => (at <= column ? { ...part, index: columns[at]?.index ?? 0 } : part))
        },
        detail: (columns) => ({ value: columns.map((column) => column.index) }),
      }
    }
    case 'time':
      return {
        columns: () => timeColumns(host.text('value'), start, end).columns,
        turned: (columns) => timeColumns(timeOf(columns), start, end).columns,
        detail: (columns) => ({ value: timeOf(columns) }),
      }
    case 'date': {
      const fields = (
        ['year', 'month', 'day'].includes(host.text('fields')) ? host.text('fields') : 'day'
      ) as DateFields
      const now = new Date()
      const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()] as const
      return {
        columns: () => dateColumns(host.text('value'), start, end, fields, today).columns,
        turned: (columns) => dateColumns(dateOf(columns), start, end, fields, today).columns,
        detail: (columns) => ({ value: dateOf(columns) }),
      }
    }
    case 'region': {
      const names = Array.isArray(host.values.value) ? (host.values.value as unknown[]) : []
      const columnsAt = (at: readonly unknown[]): PickerColumn[] =>
        regionColumns(regions, at, host.text('customItem'), depthOf(host.text('level')))
      return {
        columns: () => columnsAt(names),
        turned: (columns, column) => columnsAt(columns.slice(0, column + 1).map(chosen)),
        detail: (columns) => regionValue(regions, columns),
      }
    }
    default:
      return null
  }
}
