// wx.getUpdateManager. The engine tells of updates by the events `updateCheck`, `updateReady` and `updateFailed`.
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'

type UpdateManager = WechatMiniprogram.UpdateManager
// Only the check's result says something.
type Listener = (result: any) => void

/** Makes the one manager of the program. What was told before a listener came is told to it at once. */
export function createUpdateManager(bridge: Bridge, reporter: Reporter): UpdateManager {
  const told = { hasUpdate: false }
  const list = (name: string): { add(listener: Listener): void; emit(): void } => {
    const listeners: Listener[] = []
    let happened = false
    const tell = (listener: Listener): void => void reporter.guard(name, () => listener({ ...told }))
    return {
      add(listener) {
        if (typeof listener !== 'function') return
        listeners.push(listener)
        if (happened) setTimeout(() => tell(listener), 0)
      },
      emit() {
        happened = true
        listeners.forEach(tell)
      },
    }
  }
  const checked = list('onCheckForUpdate')
  const ready = list('onUpdateReady')
  const failed = list('onUpdateFailed')
  let isReady = false
  bridge.on('updateCheck', ({ hasUpdate }) => {
    told.hasUpdate = hasUpdate === true
    checked.emit()
  })
  bridge.on('updateReady', () => {
    isReady = true
    ready.emit()
  })
  bridge.on('updateFailed', () => failed.emit())
  return {
    applyUpdate() {
      if (!isReady) throw new Error('applyUpdate:fail update is not ready')
      bridge.notify('applyUpdate', {})
    },
    onCheckForUpdate: (listener) => checked.add(listener),
    onUpdateReady: (listener) => ready.add(listener),
    onUpdateFailed: (listener) => failed.add(listener),
  }
}
