// Functions of WeChat's open platform: who the user is, what the user lets a program send, other programs, contact. What
// asks the user is asked on the host's screen by the engine.
import type { Bridge, Json } from '../bridge/client'
import { failure, type Failure } from './call'
import type { Taps } from './tap'
import type { Implementations } from './wx'

/** WeChat has given programs nobody's name and a grey picture since 2022; names come from `<input type="nickname">`. */
const NOBODY = {
  nickName: '微信用户',
  avatarUrl:
    'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132"%3E%3Cpath fill="%23d8d8d8" d="M0 0h132v132H0z"/%3E%3Cg fill="%23fff"%3E%3Ccircle cx="66" cy="52" r="24"/%3E%3Cpath d="M22 118a44 36 0 0 1 88 0z"/%3E%3C/g%3E%3C/svg%3E',
  gender: 0 as const,
  country: '',
  province: '',
  city: '',
  language: 'zh_CN' as const,
}

/** Adds the functions. */
export function addOpen(own: Implementations, bridge: Bridge, taps: Taps): void {
  const call = (api: string, args: Json = {}): Promise<never> =>
    bridge.call(api, args).answer as Promise<never>
  own.asyncAll({
    login: ({ timeout }) => call('login', typeof timeout === 'number' ? { timeout } : {}),
    checkSession: () => call('checkSession'),
    getSetting: ({ withSubscriptions }) =>
      call('getSetting', { withSubscriptions: withSubscriptions === true }),
    openSetting: (options) => {
      taps.need('openSetting')
      const { withSubscriptions } = options as { withSubscriptions?: unknown }
      return call('openSetting', { withSubscriptions: withSubscriptions === true })
    },
    getUserInfo: nobody,
    navigateToMiniProgram: (options) => {
      taps.need('navigateToMiniProgram')
      const { appId, path, extraData, envVersion, shortLink } = options
      return call('navigateToMiniProgram', plain({ appId, path, extraData, envVersion, shortLink }))
    },
    navigateBackMiniProgram: ({ extraData }) => call('navigateBackMiniProgram', plain({ extraData })),
  })
  own.async(
    'getUserProfile',
    () => {
      taps.need('getUserProfile')
      return nobody()
    },
    { desc: 'String' },
  )
  own.async(
    'requestSubscribeMessage',
    async ({ tmplIds }) => {
      taps.need('requestSubscribeMessage')
      try {
        return (await call('requestSubscribeMessage', { tmplIds })) as object as never
      } catch (error) {
        // WeChat's name for the number, here alone.
        const { errMsg, errno } = error as Failure
        throw errno === undefined ? error : { errMsg, errCode: errno }
      }
    },
    { tmplIds: 'Array' },
  )
  own.async(
    'openCustomerServiceChat',
    () => {
      taps.need('openCustomerServiceChat')
      return call('openCustomerServiceChat')
    },
    { corpId: 'String', extInfo: 'Object' },
  )
}

function nobody() {
  const userInfo = { ...NOBODY }
  return {
    userInfo,
    rawData: JSON.stringify(userInfo),
    signature: '',
    encryptedData: '',
    iv: '',
    cloudID: '',
  }
}

/** What can be sent: a program may pass anything. */
function plain(options: object): Json {
  try {
    return JSON.parse(JSON.stringify(options)) as Json
  } catch {
    throw failure('navigateToMiniProgram', 'parameter error: extraData is not JSON')
  }
}
