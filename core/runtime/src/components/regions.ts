// The administrative divisions of China for `<picker mode="region">`: loaded when a picker is first opened.
import type { PickerColumn } from './picker-columns'

/** A province, city or county. `code` has six digits. */
export interface Region {
  code: string
  name: string
  parts: Region[]
}

/**
 * Reads the list as scripts/regions.mjs writes it: a line for a province, `44广东省`, then one for each of its cities
 * with the counties, ` 01广州市,03荔湾区,04越秀区`.
 */
export function parseRegions(text: string): Region[] {
  const provinces: Region[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (!line.startsWith(' ')) {
      provinces.push({ code: `${line.slice(0, 2)}0000`, name: line.slice(2), parts: [] })
      continue
    }
    const province = provinces[provinces.length - 1]
    const [city = '', ...counties] = line.slice(1).split(',')
    const prefix = `${province?.code.slice(0, 2) ?? ''}${city.slice(0, 2)}`
    const parts = counties.map((county) => ({
      code: prefix + county.slice(0, 2),
      name: county.slice(2),
      parts: [],
    }))
    province?.parts.push({ code: `${prefix}00`, name: city.slice(2), parts })
  }
  return provinces
}

let loading: Promise<Region[]> | undefined

/** The list, from the base library's own files. A failure is forgotten, so that the next picker tries again. */
export function loadRegions(): Promise<Region[]> {
  loading ??= fetch('/.lodger/rt/regions.txt').then(async (answer) => {
    if (!answer.ok) throw new Error(`the list of regions did not come (HTTP ${answer.status})`)
    return parseRegions(await answer.text())
  })
  loading.catch(() => (loading = undefined))
  return loading
}

/** How many columns `level` shows. */
export function depthOf(level: string): number {
  return { province: 1, city: 2 }[level] ?? 3
}

/** Columns that stand at `names`. `custom` is WeChat's `custom-item`, a first entry for "all of them"; '' for none. */
export function regionColumns(
  regions: readonly Region[],
  names: readonly unknown[],
  custom: string,
  depth: number,
): PickerColumn[] {
  const columns: PickerColumn[] = []
  let level: readonly Region[] = regions
  for (let at = 0; at < depth; at += 1) {
    const items = [...(custom === '' ? [] : [custom]), ...level.map(({ name }) => name)]
    const index = Math.max(0, items.indexOf(String(names[at] ?? '')))
    columns.push({ items, index })
    level = level.find(({ name }) => name === items[index])?.parts ?? []
  }
  return columns
}

/** The names that the columns stand at, and the codes of those that are regions. */
export function regionValue(
  regions: readonly Region[],
  columns: readonly PickerColumn[],
): { value: string[]; code: string[] } {
  const value = columns.map(({ items, index }) => items[index] ?? '')
  const code: string[] = []
  let level = regions
  for (const name of value) {
    const region = level.find((part) => part.name === name)
    if (!region) break
    code.push(region.code)
    level = region.parts
  }
  return { value, code }
}
