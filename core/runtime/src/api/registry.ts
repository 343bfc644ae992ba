// The engine's table of functions (core/engine/registry.json), the same that the Rust side reads: what is not in it does
// not exist here.
import table from 'lodger:registry'

/** How a function is done: see core/engine. */
export type Kind = 'local' | 'async' | 'sync' | 'event' | 'object' | 'device'

/** How much of it works. */
export type Status = 'full' | 'partial' | 'none'

/** One row. */
export interface Row {
  name: string
  kind: Kind
  status: Status
}

const rows = new Map<string, Row>()
for (const [kind, statuses] of Object.entries(table)) {
  for (const [status, names] of Object.entries(statuses)) {
    for (const name of names.split(' '))
      rows.set(name, { name, kind: kind as Kind, status: status as Status })
  }
}

/** Functions of the device work where the host has them; called once, before `wx` is made. */
export function limitDevice(names: readonly string[]): void {
  for (const row of rows.values()) {
    const carrier = row.kind === 'sync' ? rows.get(row.name.slice(0, -'Sync'.length)) : row
    if (carrier?.kind === 'device' && !names.includes(carrier.name)) row.status = 'none'
  }
}

/** The row of a function that works, at least in part. */
export function registered(name: string): Row | undefined {
  const row = rows.get(name)
  return row && row.status !== 'none' ? row : undefined
}

/** How much of a function or method works; undefined for a name without a row. */
export function statusOf(name: string): Status | undefined {
  return rows.get(name)?.status
}

/** All functions that work, at least in part. */
export function registeredRows(): Row[] {
  return [...rows.values()].filter((row) => row.status !== 'none')
}

/** Functions of WeChat that do not work here. */
export function missingRows(): Row[] {
  return [...rows.values()].filter((row) => row.status === 'none')
}
