// Functions of the device that the host carries out, where WeChat's own screens or parameters come before or after.
// Those without anything of their own go over the bridge as they are (wx.ts).
import type { Bridge, Json } from '../bridge/client'
import { showModal } from '../ui/modal'
import { showToast } from '../ui/toast'
import type { AsyncName, RuleArguments, Rules } from './typed'
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
  // These go as they are as well, but what WeChat checks must not be left to each host.
  const checked = <N extends AsyncName>(name: N, rules: Rules<N>): void =>
    own.async(
      name,
      (options) => call(name, only(options, rules)),
      ...([rules] as unknown as RuleArguments<N>),
    )
  checked('vibrateShort', { type: 'String?' })
  checked('setScreenBrightness', { value: 'Number' })
  checked('setKeepScreenOn', { keepScreenOn: 'Boolean' })
  checked('setVisualEffectOnCapture', { visualEffect: 'String?' })
  checked('getLocation', {
    type: 'String?',
    altitude: 'Boolean?',
    isHighAccuracy: 'Boolean?',
    highAccuracyExpireTime: 'Number?',
  })
  checked('getFuzzyLocation', { type: 'String?' })
  checked('scanCode', { onlyFromCamera: 'Boolean?', scanType: 'Array?' })
  checked('saveImageToPhotosAlbum', { filePath: 'String' })
  checked('saveVideoToPhotosAlbum', { filePath: 'String' })
  checked('openDocument', { filePath: 'String', fileType: 'String?', showMenu: 'Boolean?' })
  own.set({ getBatteryInfoSync: (() => bridge.callSync('getBatteryInfoSync')) as never })
}

/** The parameters that the rules name, without those that were not given. */
function only(options: object, rules: object): Json {
  const given = options as Json
  const names = Object.keys(rules).filter((name) => given[name] !== undefined && given[name] !== null)
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}
