// Functions of the device. A desktop has a clipboard, a battery and perhaps a telephone; the others fail there (device.test.ts of the
// base library has what hosts that register them get).
const { assert, is, wrong } = require('../lib/runner.js')

const battery = { level: 'Number', isCharging: 'Boolean', isLowPowerModeEnabled: 'Boolean' }
const absent = (api, args) => [
  { api, args, fail: `${api}:fail not supported` },
  { api, name: 'canIUse', check: () => assert(wx.canIUse(api) === false, 'canIUse says that it works') },
]

/** What names a file. That it reaches the device is checked there: here it would land among the user's own. */
const filed = (api, other, refusal) => [
  { api, args: {}, fail: wrong(api, 'filePath', 'String') },
  { api, args: { filePath: 5 }, fail: wrong(api, 'filePath', 'String', 'Number') },
  { api, args: { filePath: '/media/none' }, fail: new RegExp(`^${api}:fail no such file or directory`) },
  { api, args: { filePath: other }, fail: `${api}:fail ${refusal}` },
]

module.exports = [
  ...filed('saveImageToPhotosAlbum', '/media/tone.wav', 'invalid file type'),
  ...filed('saveVideoToPhotosAlbum', '/media/tone.wav', 'invalid file type'),
  ...filed('openDocument', '/media/tone.wav', 'filetype not supported'),
  { api: 'setClipboardData', args: { data: 'text' }, ok: {} },
  { api: 'setClipboardData', args: {}, fail: wrong('setClipboardData', 'data', 'String') },
  { api: 'setClipboardData', args: { data: 5 }, fail: wrong('setClipboardData', 'data', 'String', 'Number') },
  {
    api: 'getClipboardData',
    before: () => wx.setClipboardData({ data: '咖啡 ☕\ntext' }),
    args: {},
    ok: { data: is('咖啡 ☕\ntext') },
  },
  { api: 'getBatteryInfo', args: {}, ok: battery },
  { api: 'getBatteryInfoSync', with: [], gives: battery },
  { api: 'makePhoneCall', args: {}, fail: wrong('makePhoneCall', 'phoneNumber', 'String') },
  {
    api: 'makePhoneCall',
    args: { phoneNumber: 5 },
    fail: wrong('makePhoneCall', 'phoneNumber', 'String', 'Number'),
  },
  {
    api: 'makePhoneCall',
    args: { phoneNumber: '10086' },
    tap: '.lgo-dialog-button',
    fail: 'makePhoneCall:fail cancel',
  },
  {
    api: 'makePhoneCall',
    name: 'no number',
    args: { phoneNumber: 'nobody' },
    tap: '.lgo-confirm',
    fail: 'makePhoneCall:fail phoneNumber is not a telephone number',
  },
  ...absent('vibrateShort', { type: 'light' }),
  ...absent('vibrateLong', {}),
  ...absent('getScreenBrightness', {}),
  ...absent('setScreenBrightness', { value: 0.5 }),
  ...absent('setKeepScreenOn', { keepScreenOn: true }),
  ...absent('setVisualEffectOnCapture', { visualEffect: 'hidden' }),
  ...absent('scanCode', { scanType: ['qrCode'] }),
  ...absent('getLocation', { type: 'gcj02' }),
  ...absent('getFuzzyLocation', { type: 'gcj02' }),
]
