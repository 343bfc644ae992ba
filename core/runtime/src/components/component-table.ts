// The engine's table of components, the same file that `lodger check` reads: every component of WeChat, and how much
// of it works here.
import table from '../../../engine/components.json'

/** How much of a component works, as far as the base library looks at it. */
export interface ComponentRow {
  tag: string
  status: 'full' | 'partial' | 'none'
  /** Names of attributes that work. */
  attributes: string[]
  /** Names of events that work, without `bind`. */
  events: string[]
}

/** Every component of WeChat; without the row `*`, which is what they all share. */
export const componentRows: readonly ComponentRow[] = (table as ComponentRow[]).filter(
  ({ tag }) => tag !== '*',
)

/** What every component has. */
export const commonRow = (table as ComponentRow[]).find(({ tag }) => tag === '*')
