// picker: opens a sheet with turning columns.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import {
  dateColumns,
  dateOf,
  rangeTexts,
  timeColumns,
  timeOf,
  within,
  type DateFields,
  type PickerColumn,
} from './picker-columns'
import { openPickerSheet, type PickerSheet } from '../ui/picker-sheet'

/** `<picker>`. `region` needs the administrative divisions of China, which are not part of the base library. */
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
    const isDisabled = (): boolean => host.flag('disabled')
    const focusable = makeFocusable(host, isDisabled)
    const open = (): void => {
      if (isDisabled() || sheet) return
      const mode = modeOf(host)
      if (!mode) {
        host.env.missing('picker mode region')
        host.emit('cancel', { errMsg: `picker:fail mode "${host.text('mode')}" is not supported` })
        return
      }
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
          const value = mode.value(shown)
          host.set({ value })
          host.emit('change', { value })
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
          const mode = modeOf(host)
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
  value(columns: readonly PickerColumn[]): unknown
}

function modeOf(host: Host): Mode | null {
  const key = host.text('rangeKey')
  const [start, end] = [host.text('start'), host.text('end')]
  switch (host.text('mode') || 'selector') {
    case 'selector': {
      const items = rangeTexts(host.values.range, key)
      return {
        columns: () => [{ items, index: within(host.number('value'), 0, Math.max(0, items.length - 1)) }],
        turned: (columns) => columns,
        // WeChat gives the index as text here, and as numbers in `multiSelector`.
        value: (columns) => String(columns[0]?.index ?? 0),
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
          const now = modeOf(host)?.columns() ?? columns
          const same = now.every((part, at) => part.items.join('\n') === columns[at]?.items.join('\n'))
          return same
            ? columns
            : now.map((part, at) => (at <= column ? { ...part, index: columns[at]?.index ?? 0 } : part))
        },
        value: (columns) => columns.map((column) => column.index),
      }
    }
    case 'time':
      return {
        columns: () => timeColumns(host.text('value'), start, end).columns,
        turned: (columns) => timeColumns(timeOf(columns), start, end).columns,
        value: timeOf,
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
        value: dateOf,
      }
    }
    default:
      return null
  }
}
