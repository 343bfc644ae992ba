// Functions of the device that the host carries out, where WeChat's own screens or parameters come before or after.
// Those without anything of their own go over the bridge as they are (wx.ts).
import type { Bridge, Json } from '../bridge/client'
import { showModal } from '../ui/modal'
import { showToast } from '../ui/toast'
import type { Implementations } from './wx'

/** Adds the functions. */
export function addDevice(own: Implementations, bridge: Bridge): void {
  const call = (api: string, args: Json = {}): Promise<never> =>
    bridge.call(api, args).answer as Promise<never>
  own.async(
    'setClipboardData',
    async ({ data }) => {
      await call('setClipboardData', { data })
      // As WeChat does, unless the program shows something of its own right then.
      await showToast({ title: '内容已复制', icon: 'none' })
    },
    { data: 'String' },
  )
  own.async(
    'makePhoneCall',
    async ({ phoneNumber }) => {
      const { confirm } = await showModal({ content: phoneNumber, confirmText: '呼叫' })
      if (confirm !== true) throw new Error('cancel')
      await call('makePhoneCall', { phoneNumber })
    },
    { phoneNumber: 'String' },
  )
  own.set({ getBatteryInfoSync: (() => bridge.callSync('getBatteryInfoSync')) as never })
}
