// System, window, device, program: functions that only read.
import { fromBase64, toBase64 } from '../bridge/base64'
import type { EnterOptions, Launch } from '../framework/launch'
import type { System } from '../framework/system'
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure, typeName } from './call'
import type { Implementations } from './wx'

/** What changes while the program runs. */
export interface Now {
  /** Size of the top page's viewport. */
  view(): { width: number; height: number } | undefined
  /** How the program came to the front last. */
  enter(): EnterOptions
}

/** Pages are drawn by a webview, never by WeChat's other engine. */
const SKYLINE = { isSupported: false, version: '', reason: 'client not supported' } as const

/** Programs here always run with everything that their host allows. */
const API_CATEGORY = 'default'

/** Adds the functions. */
export function addInformation(
  own: Implementations,
  launch: Launch,
  system: System,
  now: Now,
  reporter: Reporter,
): void {
  const everything = () => system.everything(now.view())
  own.asyncAll({ getSystemInfo: everything, getSystemInfoAsync: everything })
  own.set({
    getSystemInfoSync: everything,
    getWindowInfo: () => system.windowInfo(now.view()),
    getDeviceInfo: () => system.deviceInfo(),
    getAppBaseInfo: () => system.appBaseInfo(),
    getAppAuthorizeSetting: () => system.authorizeSetting(),
    getApiCategory: () => API_CATEGORY,
    getSkylineInfoSync: () => ({ ...SKYLINE }),
    isVKSupport: () => false,
    // Experiments are made in WeChat's console.
    getExptInfoSync: () => ({}),
    getSystemSetting: () => system.systemSetting(),
    getMenuButtonBoundingClientRect: () => ({ ...system.menuButton }),
    getLaunchOptionsSync: () => ({ ...launch.launch, apiCategory: API_CATEGORY }),
    getEnterOptionsSync: () => ({ ...now.enter(), apiCategory: API_CATEGORY }),
    getAccountInfoSync: () => ({
      miniProgram: {
        appId: launch.app.id,
        envVersion: launch.app.envVersion,
        version: launch.app.envVersion === 'release' ? launch.app.version : '',
      },
    }),
    env: { USER_DATA_PATH: 'wxfile://usr' },
    nextTick: (run) => {
      if (typeof run === 'function') void Promise.resolve().then(() => run())
    },
    arrayBufferToBase64: (buffer) => {
      if (buffer instanceof ArrayBuffer) return toBase64(new Uint8Array(buffer))
      throw failure(
        'arrayBufferToBase64',
        `parameter should be ArrayBuffer instead of ${typeName(buffer)};`,
        1001,
      )
    },
    base64ToArrayBuffer: (text) => fromBase64(String(text)).buffer,
    getExtConfigSync: () => ({}),
  })
  own.asyncAll({
    getExtConfig: () => ({ extConfig: {} }),
    getSkylineInfo: () => ({ ...SKYLINE }),
    // 0 is WeChat's level of an unknown model.
    getDeviceBenchmarkInfo: () => ({ benchmarkLevel: system.deviceInfo().benchmarkLevel, modelLevel: 0 }),
  })
  const userAgent = asyncFunction(
    'getRendererUserAgent',
    () => ({ userAgent: navigator.userAgent }),
    reporter,
  )
  own.set({
    getRendererUserAgent: async (option) => {
      // By callback it gives an object, by promise the text alone.
      void userAgent(option)
      return navigator.userAgent
    },
  })
}
