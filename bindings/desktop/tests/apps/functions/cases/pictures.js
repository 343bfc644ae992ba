// Pictures and films: measured, made smaller, shown large.
const { is, wrong } = require('../lib/runner.js')

const png = '/media/four.png'
const temporary = (extension) => (path) => new RegExp(`^wxfile://tmp/.+\\.${extension}$`).test(path)
const measured = { width: 2, height: 2, orientation: is('up'), type: is('png') }
const bad = (api) => [
  { api, args: {}, fail: wrong(api, 'src', 'String') },
  { api, args: { src: 5 }, fail: wrong(api, 'src', 'String', 'Number') },
  { api, args: { src: '/media/none' }, fail: `${api}:fail file not found: /media/none` },
  { api, args: { src: '/media/noise.wav' }, fail: new RegExp(`^${api}:fail .`) },
]
const close = (t) => t.close('.lgo-preview')

module.exports = [
  { api: 'getImageInfo', args: { src: png }, ok: { ...measured, path: is(png) } },
  {
    api: 'getImageInfo',
    name: 'from a server',
    args: (t) => ({ src: `${t.server}/four.png` }),
    ok: { ...measured, path: temporary('png') },
  },
  ...bad('getImageInfo'),
  { api: 'compressImage', args: { src: png }, ok: { tempFilePath: temporary('png') } },
  {
    api: 'compressImage',
    args: { src: png, quality: '9' },
    fail: wrong('compressImage', 'quality', 'Number', 'String'),
  },
  ...bad('compressImage'),
  {
    api: 'getVideoInfo',
    args: { src: '/media/clip.webm' },
    ok: {
      width: 64,
      height: 48,
      orientation: is('up'),
      type: is('webm'),
      duration: (seconds) => seconds > 1,
      size: (kilobytes) => kilobytes > 1 && kilobytes < 2,
      bitrate: (kilobits) => kilobits > 0,
      fps: 'Number',
    },
  },
  ...bad('getVideoInfo'),
  { api: 'previewImage', args: { urls: [png], current: png }, ok: {}, after: close },
  { api: 'previewImage', args: {}, fail: wrong('previewImage', 'urls', 'Array') },
  { api: 'previewImage', args: { urls: png }, fail: wrong('previewImage', 'urls', 'Array', 'String') },
  { api: 'previewImage', args: { urls: [] }, fail: /^previewImage:fail parameter error: / },
  { api: 'previewMedia', args: { sources: [{ url: png }, { url: png }], current: 1 }, ok: {}, after: close },
  { api: 'previewMedia', args: {}, fail: wrong('previewMedia', 'sources', 'Array') },
  { api: 'previewMedia', args: { sources: {} }, fail: wrong('previewMedia', 'sources', 'Array', 'Object') },
  { api: 'previewMedia', args: { sources: [] }, fail: /^previewMedia:fail parameter error: / },
]
