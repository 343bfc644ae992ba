// The engine's table of functions, the same file that the Rust side reads: what is not in it does not exist here.
import table from '../../../engine/registry.json'

/** How a function is done: see core/engine. */
export type Kind = 'local' | 'async' | 'sync' | 'event' | 'object' | 'internal'

/** One row. */
export interface Row {
  name: string
  kind: Kind
  status: 'full' | 'partial' | 'none'
}

const rows = new Map<string, Row>()
for (const row of table as Row[]) if (row.kind !== 'internal') rows.set(row.name, row)

/** The row of a function that works, at least in part. */
export function registered(name: string): Row | undefined {
  const row = rows.get(name)
  return row && row.status !== 'none' ? row : undefined
}

/** All functions that work, at least in part. */
export function registeredRows(): Row[] {
  return [...rows.values()].filter((row) => row.status !== 'none')
}
