// This visit: the table the guest sits at, and how the order is served.
import { parseTable, type Serving } from '../domain/order'
import { Observable } from './observable'

export interface Visit {
  readonly serving: Serving
  readonly table?: string
}

export const visit = new Observable<Visit>({ serving: 'pick-up' })

/** Takes the table from a launch query (`table=12`, as on the tag's code). Without one nothing changes. */
export function arrive(query: Record<string, string | undefined>): void {
  const table = parseTable(query['table'])
  if (table && table !== visit.value.table) visit.set({ serving: 'dine-in', table })
}

export function setServing(serving: Serving): void {
  if (serving !== visit.value.serving) visit.update((value) => ({ ...value, serving }))
}

export function setTable(table: string | undefined): void {
  visit.update(({ serving }) => (table ? { serving, table } : { serving }))
}
