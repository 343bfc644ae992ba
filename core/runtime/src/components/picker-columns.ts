// What the columns of a picker show: times, dates and ranges as lists, and lists back to values. No DOM here.

/** One column: texts, and the index under the line. */
export interface PickerColumn {
  items: string[]
  index: number
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A whole number between two others; anything else is `low`. */
export function within(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, Math.trunc(value))) : low
}

/** The texts of `range`, with `range-key` for objects. */
export function rangeTexts(range: unknown, key: string): string[] {
  if (!Array.isArray(range)) return []
  return range.map((item: unknown) => {
    const value =
      key !== '' && typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[key] : item
    return value === undefined || value === null ? '' : String(value)
  })
}

/** Minutes of the day for `hh:mm`, or null. */
export function parseTime(text: string): number | null {
  const found = /^(\d{1,2}):(\d{1,2})/.exec(text.trim())
  if (!found) return null
  const [hour, minute] = [Number(found[1]), Number(found[2])]
  return hour < 24 && minute < 60 ? hour * 60 + minute : null
}

/** `hh:mm` for minutes of the day. */
export function timeText(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Columns of hours and minutes between `start` and `end`; the chosen time is moved into the range. */
export function timeColumns(
  value: string,
  start: string,
  end: string,
): { columns: PickerColumn[]; value: string } {
  const low = parseTime(start) ?? 0
  const high = Math.max(low, parseTime(end) ?? 23 * 60 + 59)
  const now = within(parseTime(value) ?? low, low, high)
  const [firstHour, lastHour, hour] = [low, high, now].map((minutes) => Math.floor(minutes / 60)) as [
    number,
    number,
    number,
  ]
  const firstMinute = hour === firstHour ? low % 60 : 0
  const lastMinute = hour === lastHour ? high % 60 : 59
  return {
    columns: [column(firstHour, lastHour, hour, two), column(firstMinute, lastMinute, now % 60, two)],
    value: timeText(now),
  }
}

/** The time that the columns made by `timeColumns` stand at. */
export function timeOf(columns: readonly PickerColumn[]): string {
  return columns.map(chosen).join(':')
}

/** A day as [year, month, day]; month and day count from 1. */
export type Day = readonly [year: number, month: number, day: number]

/** The day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (also with `/`), or null. Missing parts are 1. */
export function parseDay(text: string): Day | null {
  const found = /^(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?$/.exec(text.trim())
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? [year, month, day] : null
}

/** Days of a month. */
export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

const order = ([year, month, day]: Day): number => (year * 16 + month) * 32 + day

/** `fields` of a date picker. */
export type DateFields = 'year' | 'month' | 'day'

/** Columns of years, months and days between `start` and `end`; the chosen day is moved into the range. */
export function dateColumns(
  value: string,
  start: string,
  end: string,
  fields: DateFields,
  today: Day,
): { columns: PickerColumn[]; value: string } {
  const low = parseDay(start) ?? [1900, 1, 1]
  const given = parseEnd(end) ?? [2100, 12, 31]
  const high = order(given) < order(low) ? low : given
  const wanted = parseDay(value) ?? today
  const now = order(wanted) < order(low) ? low : order(wanted) > order(high) ? high : wanted
  const [year, month, day] = now
  const atLow = year === low[0]
  const atHigh = year === high[0]
  const columns = [column(low[0], high[0], year, String)]
  if (fields !== 'year') columns.push(column(atLow ? low[1] : 1, atHigh ? high[1] : 12, month, two))
  if (fields !== 'year' && fields !== 'month') {
    const first = atLow && month === low[1] ? low[2] : 1
    const last = atHigh && month === high[1] ? high[2] : daysIn(year, month)
    columns.push(column(first, last, day, two))
  }
  return { columns, value: columns.map(chosen).join('-') }
}

/** The end of a range: a missing month or day is the last one. */
function parseEnd(text: string): Day | null {
  const day = parseDay(text)
  if (!day) return null
  const parts = text.trim().split(/[-/]/).length
  const month = parts < 2 ? 12 : day[1]
  return [day[0], month, parts < 3 ? daysIn(day[0], month) : day[2]]
}

/**
 * The day that the columns stand at, made a real one: from 31 March to February goes to its last day. `before` gives
 * the parts of a column that was rebuilt.
 */
export function dateOf(columns: readonly PickerColumn[]): string {
  const [year = 1900, month = 1, day = 1] = columns.map((part) => Number(chosen(part)))
  const parts = [String(year).padStart(4, '0'), two(month), two(Math.min(day, daysIn(year, month)))]
  return parts.slice(0, columns.length).join('-')
}

/** The text under the line. */
export function chosen({ items, index }: PickerColumn): string {
  return items[index] ?? ''
}

function column(first: number, last: number, value: number, show: (value: number) => string): PickerColumn {
  const length = Math.max(1, last - first + 1)
  return {
    items: Array.from({ length }, (_, at) => show(first + at)),
    index: within(value - first, 0, length - 1),
  }
}
