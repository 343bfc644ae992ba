// The smallest store that pages can share: a value, and those who want to know when it changes.

type Listener<T> = (value: T) => void

export class Observable<T> {
  private readonly listeners = new Set<Listener<T>>()

  constructor(private current: T) {}

  get value(): T {
    return this.current
  }

  set(value: T): void {
    if (value === this.current) return
    this.current = value
    for (const listener of [...this.listeners]) listener(value)
  }

  update(change: (value: T) => T): void {
    this.set(change(this.current))
  }

  /** Calls `listener` now and after every change, until the returned function is called. */
  watch(listener: Listener<T>): () => void {
    this.listeners.add(listener)
    listener(this.current)
    return () => {
      this.listeners.delete(listener)
    }
  }
}
