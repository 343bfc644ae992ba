// A store value that outlives the program, in wx storage.
import { Observable } from './observable'

/** Reads `key` now; whatever fails `isValid` (an older program's data, say) gives way to `initial`. */
export function persisted<T>(key: string, initial: T, isValid: (value: unknown) => value is T): Observable<T> {
  const stored: unknown = wx.getStorageSync(key)
  const observable = new Observable<T>(isValid(stored) ? stored : initial)
  let first = true
  observable.watch((value) => {
    if (first) {
      first = false
      return
    }
    wx.setStorage({ key, data: value })
  })
  return observable
}
