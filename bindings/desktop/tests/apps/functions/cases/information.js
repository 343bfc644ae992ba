// System, window, device, program.
const { assert, is, unlike, wrong } = require('../lib/runner.js')

const rect = {
  left: 'Number',
  top: 'Number',
  right: 'Number',
  bottom: 'Number',
  width: 'Number',
  height: 'Number',
}
const windowInfo = {
  pixelRatio: 'Number',
  screenWidth: 'Number',
  screenHeight: 'Number',
  windowWidth: (width) => width > 0,
  windowHeight: (height) => height > 0,
  statusBarHeight: 'Number',
  safeArea: rect,
  screenTop: 'Number',
}
const deviceInfo = {
  abi: 'String',
  deviceAbi: 'String',
  benchmarkLevel: 'Number',
  brand: 'String',
  model: 'String',
  system: 'String',
  platform: 'String',
  cpuType: 'String',
  memorySize: 'String',
}
const appBaseInfo = {
  SDKVersion: (version) => /^\d+\.\d+\.\d+$/.test(version),
  enableDebug: 'Boolean',
  host: { appId: 'String' },
  language: 'String',
  version: 'String',
  theme: 'String?',
  fontSizeScaleFactor: 'Number',
  fontSizeSetting: 'Number',
}
const systemSetting = {
  bluetoothEnabled: 'Boolean',
  locationEnabled: 'Boolean',
  wifiEnabled: 'Boolean',
  deviceOrientation: (value) => ['portrait', 'landscape'].includes(value),
}
const authorized = (names, type) => Object.fromEntries(names.map((name) => [`${name}Authorized`, type]))
const grants = [
  'album',
  'camera',
  'location',
  'microphone',
  'notification',
  'notificationAlert',
  'notificationBadge',
]
const rest = ['notificationSound', 'phoneCalendar']
const everything = {
  ...windowInfo,
  ...deviceInfo,
  ...appBaseInfo,
  ...systemSetting,
  ...authorized([...grants, ...rest], 'Boolean'),
  locationReducedAccuracy: 'Boolean',
}
const enter = {
  path: is('pages/index/index'),
  query: (query) => 'server' in query,
  scene: 'Number',
  referrerInfo: 'Object',
  apiCategory: is('default'),
}

module.exports = [
  { api: 'getSystemInfo', args: {}, ok: everything },
  { api: 'getSystemInfoAsync', args: {}, ok: everything },
  { api: 'getSystemInfoSync', with: [], gives: everything },
  { api: 'getWindowInfo', with: [], gives: windowInfo },
  { api: 'getDeviceInfo', with: [], gives: deviceInfo },
  { api: 'getAppBaseInfo', with: [], gives: appBaseInfo },
  { api: 'getSystemSetting', with: [], gives: systemSetting },
  {
    api: 'getMenuButtonBoundingClientRect',
    with: [],
    gives: (box) =>
      !unlike(box, rect) && box.right - box.left === box.width && box.bottom - box.top === box.height,
  },
  { api: 'getLaunchOptionsSync', with: [], gives: enter },
  { api: 'getEnterOptionsSync', with: [], gives: enter },
  {
    api: 'getAccountInfoSync',
    with: [],
    gives: { miniProgram: { appId: is('functions'), envVersion: is('develop'), version: 'String' } },
  },
  {
    api: 'getAppAuthorizeSetting',
    with: [],
    gives: { ...authorized([...grants, ...rest, 'bluetooth'], 'String'), locationReducedAccuracy: 'Boolean' },
  },
  {
    api: 'getSkylineInfo',
    args: {},
    ok: { isSupported: false, version: 'String', reason: is('client not supported') },
  },
  { api: 'getSkylineInfoSync', with: [], gives: { isSupported: false, version: 'String', reason: 'String' } },
  { api: 'getDeviceBenchmarkInfo', args: {}, ok: { benchmarkLevel: 'Number', modelLevel: 'Number' } },
  {
    api: 'getRendererUserAgent',
    async check() {
      const byPromise = await wx.getRendererUserAgent()
      const byCallback = await new Promise((success) => wx.getRendererUserAgent({ success }))
      assert(/Mozilla/.test(byPromise) && byCallback.userAgent === byPromise, 'another text', [
        byPromise,
        byCallback,
      ])
      assert(byCallback.errMsg === 'getRendererUserAgent:ok', 'another errMsg', byCallback)
    },
  },
  { api: 'getApiCategory', with: [], gives: is('default') },
  { api: 'isVKSupport', with: ['v1'], gives: false },
  { api: 'getExptInfoSync', with: [['a']], gives: 'Object' },
  {
    api: 'getRandomValues',
    args: { length: 6 },
    ok: { randomValues: (buffer) => buffer instanceof ArrayBuffer && buffer.byteLength === 6 },
  },
  { api: 'getRandomValues', args: {}, fail: wrong('getRandomValues', 'length', 'Number', 'Undefined') },
  {
    api: 'getRandomValues',
    args: { length: 0 },
    fail: 'getRandomValues:fail length should be between 1 and 65536',
  },
  {
    api: 'getUserCryptoManager',
    async check() {
      const manager = wx.getUserCryptoManager()
      const { randomValues } = await new Promise((success, fail) =>
        manager.getRandomValues({ length: 3, success, fail }),
      )
      assert(randomValues.byteLength === 3, 'another length', randomValues.byteLength)
      const { errMsg } = await new Promise((fail) => manager.getLatestUserKey({ fail }))
      assert(errMsg === 'getLatestUserKey:fail not supported', 'another errMsg', errMsg)
    },
  },
  {
    api: 'requestIdleCallback',
    check: () =>
      new Promise((resolve) =>
        assert(typeof wx.requestIdleCallback(() => resolve(), { timeout: 500 }) === 'number', 'no id'),
      ),
  },
  { api: 'requestIdleCallback', with: [], throws: /^requestIdleCallback:fail parameter error/ },
  {
    api: 'cancelIdleCallback',
    check: () =>
      new Promise((resolve, reject) => {
        wx.cancelIdleCallback(wx.requestIdleCallback(() => reject(new Error('called'))))
        wx.requestIdleCallback(() => wx.requestIdleCallback(() => resolve()))
      }),
  },
  { api: 'env', check: () => assert(wx.env.USER_DATA_PATH === 'wxfile://usr', 'another path', wx.env) },
  { api: 'getExtConfig', args: {}, ok: { extConfig: 'Object' } },
  { api: 'getExtConfigSync', with: [], gives: 'Object' },
  ...[
    ['request', true],
    ['request.object.url', true],
    ['getSystemInfoSync.return.theme', true],
    ['button', true],
    ['scroll-view', true],
    ['button.size', true],
    ['view.bindtap', true],
    ['button.no-such-attribute', false],
    ['console.log', true],
    ['UpdateManager.onUpdateReady', true],
    ['FileSystemManager.readFile', true],
    ['VKSession.start', false],
    ['noSuchThing', false],
    ['no-such-thing', false],
    ['shareVideoToGroup', false],
    ['', false],
  ].map(([schema, answer]) => ({ api: 'canIUse', name: schema, with: [schema], gives: answer })),
  { api: 'canIUse', name: 'without a schema', with: [], gives: false },
  {
    api: 'arrayBufferToBase64',
    with: [new Uint8Array([0, 1, 254, 255]).buffer],
    gives: is('AAH+/w=='),
  },
  { api: 'arrayBufferToBase64', with: ['x'], throws: /^arrayBufferToBase64:fail parameter/ },
  {
    api: 'base64ToArrayBuffer',
    with: ['AAH+/w=='],
    gives: (buffer) => buffer instanceof ArrayBuffer && [...new Uint8Array(buffer)].join() === '0,1,254,255',
  },
  { api: 'base64ToArrayBuffer', with: ['*'], throws: /base64/ },
  {
    api: 'nextTick',
    check: () =>
      new Promise((resolve, reject) => {
        let later = false
        wx.nextTick(() => (later ? resolve() : reject(new Error('not later'))))
        later = true
      }),
  },
  { api: 'getNetworkType', args: {}, ok: { networkType: 'String' } },
]
