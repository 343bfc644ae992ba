// Index arithmetic of swiper: which item, and where it lies.
//
// A position is a number without end: 0 is the first item, and in a circular swiper of three items 3 is the first one
// again. So a move from the last to the first goes on in the same direction.

/** The index of the item at a whole position. */
export function indexAt(position: number, count: number): number {
  if (count <= 0) return 0
  return ((Math.round(position) % count) + count) % count
}

/** The highest position of a swiper that is not circular. */
export function lastPosition(count: number, visible: number): number {
  return Math.max(0, count - Math.max(1, visible))
}

/** A usable `current`: whole, and in the range of the items. */
export function clampIndex(index: number, count: number, visible = 1): number {
  const whole = Number.isFinite(index) ? Math.trunc(index) : 0
  return Math.min(lastPosition(count, visible), Math.max(0, whole))
}

/** The position of item `index` that is nearest to `from`. */
export function nearestPosition(index: number, from: number, count: number, circular: boolean): number {
  if (!circular || count <= 0) return index
  return index + Math.round((from - index) / count) * count
}

/** Where a drag ends: the next item if it was fast or went far enough, else back. */
export function settle(
  start: number,
  position: number,
  velocity: number,
  { count, visible, circular }: { count: number; visible: number; circular: boolean },
): number {
  const moved = position - start
  let target = start
  if (Math.abs(velocity) > 0.3 && Math.sign(velocity) === Math.sign(moved)) {
    target = moved > 0 ? Math.floor(position) + 1 : Math.ceil(position) - 1
  } else {
    target = Math.round(position)
  }
  return circular ? target : Math.min(lastPosition(count, visible), Math.max(0, target))
}

/** Past the ends of a swiper that is not circular a drag moves a third as far. */
export function resist(position: number, count: number, visible: number): number {
  const last = lastPosition(count, visible)
  if (position < 0) return position / 3
  if (position > last) return last + (position - last) / 3
  return position
}

/** Positions of all items while the view is at `position`: of each item's places the one nearest to the middle. */
export function places(count: number, position: number, visible: number, circular: boolean): number[] {
  const middle = position + (Math.max(1, visible) - 1) / 2
  return Array.from({ length: count }, (_, index) => nearestPosition(index, middle, count, circular))
}

/** The curves of `easing-function`. `default` is the one that WeChat uses unless told otherwise. */
export const EASINGS: Record<string, (t: number) => number> = {
  default: (t) => 1 - Math.pow(1 - t, 3),
  linear: (t) => t,
  easeInCubic: (t) => t * t * t,
  easeOutCubic: (t) => 1 - Math.pow(1 - t, 3),
  easeInOutCubic: (t) => (t < 0.5 ? 4 * t * t * t : 1 - Math.pow(-2 * t + 2, 3) / 2),
}
