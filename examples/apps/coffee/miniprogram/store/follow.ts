// Ties a page or component to store values for as long as it lives.
import type { Observable } from './observable'

const stops = new WeakMap<object, (() => void)[]>()

/** Calls `listener` now and after every change of `source`, until `unfollow(owner)`. */
export function follow<T>(owner: object, source: Observable<T>, listener: (value: T) => void): void {
  const list = stops.get(owner) ?? []
  list.push(source.watch(listener))
  stops.set(owner, list)
}

export function unfollow(owner: object): void {
  for (const stop of stops.get(owner) ?? []) stop()
  stops.delete(owner)
}
