// When a scroll-view reports that it came near an edge.

/** Position and sizes of a scrolling box, in CSS pixels. */
export interface Measure {
  top: number
  left: number
  height: number
  width: number
  viewHeight: number
  viewWidth: number
}

/** An edge, as `detail.direction` names it. */
export type Edge = 'top' | 'bottom' | 'left' | 'right'

/** The edges whose threshold was crossed between two positions, moving towards them. */
export function edgesReached(
  before: Measure,
  now: Measure,
  upper: number,
  lower: number,
  axes: { x: boolean; y: boolean },
): Edge[] {
  const edges: Edge[] = []
  const axis = (start: Edge, end: Edge, from: number, to: number, oldRest: number, rest: number): void => {
    if (to < from && to <= upper && from > upper) edges.push(start)
    if (to > from && rest <= lower && oldRest > lower) edges.push(end)
  }
  const restY = (m: Measure): number => m.height - m.viewHeight - m.top
  const restX = (m: Measure): number => m.width - m.viewWidth - m.left
  // The content may have grown in between, so the old distance counts with the new size.
  const old = { ...now, top: before.top, left: before.left }
  if (axes.y) axis('top', 'bottom', before.top, now.top, restY(old), restY(now))
  if (axes.x) axis('left', 'right', before.left, now.left, restX(old), restX(now))
  return edges
}
