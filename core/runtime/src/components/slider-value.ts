// Steps and positions of a slider.

/** The range of a slider. */
export interface Range {
  min: number
  max: number
  step: number
}

/** A usable range: `max` at least `min`, a positive step. */
export function rangeOf(min: number, max: number, step: number): Range {
  const low = Number.isFinite(min) ? min : 0
  const high = Number.isFinite(max) ? max : 100
  return { min: low, max: Math.max(low, high), step: Number.isFinite(step) && step > 0 ? step : 1 }
}

/** The value nearest to `value` that is `min` plus whole steps and lies in the range. */
export function snap(value: number, { min, max, step }: Range): number {
  if (!Number.isFinite(value)) return min
  const steps = Math.round((value - min) / step)
  const last = Math.floor((max - min) / step + 1e-9)
  return tidy(min + Math.min(last, Math.max(0, steps)) * step, step)
}

/** 0.1 + 0.2 must read 0.3: as many decimals as the step and the minimum have. */
function tidy(value: number, step: number): number {
  const decimals = Math.min(10, (/\.(\d+)$/.exec(String(step))?.[1]?.length ?? 0) + 2)
  return Number(value.toFixed(decimals))
}

/** Where a value lies in the range, 0 to 1. */
export function fraction(value: number, { min, max }: Range): number {
  return max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0
}

/** The value at a place of the track, 0 to 1. */
export function valueAt(place: number, range: Range): number {
  return snap(range.min + Math.min(1, Math.max(0, place)) * (range.max - range.min), range)
}

/** The value after a key, or null for a key that a slider does not know. */
export function keyed(key: string, value: number, range: Range): number | null {
  const big = Math.max(range.step, (range.max - range.min) / 10)
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return snap(value + range.step, range)
    case 'ArrowLeft':
    case 'ArrowDown':
      return snap(value - range.step, range)
    case 'PageUp':
      return snap(value + big, range)
    case 'PageDown':
      return snap(value - big, range)
    case 'Home':
      return range.min
    case 'End':
      return snap(range.max, range)
    default:
      return null
  }
}
