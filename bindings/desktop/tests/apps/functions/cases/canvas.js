// The older canvas with its functions, and canvases that no page has. Drawing itself is checked by the program `media`.
const { assert, expect, is, methods, wrong } = require('../lib/runner.js')

const area = { canvasId: 'old', x: 0, y: 0, width: 2, height: 2 }
const pixels = (count) => new Uint8ClampedArray(count).fill(255)
const temporary = (extension) => (path) => new RegExp(`^wxfile://tmp/.+\\.${extension}$`).test(path)
const media = (row) => ({ before: (t) => t.open('/pages/media/media'), after: (t) => t.back(), ...row })
const bad = (api, more = {}) => [
  ...['x', 'y', 'width', 'height'].map((name) => ({
    api,
    args: { ...area, ...more, [name]: '1' },
    fail: wrong(api, name, 'Number', 'String'),
  })),
  { api, args: {}, fail: wrong(api, 'canvasId', 'String') },
  {
    api,
    args: { ...area, ...more, canvasId: 'none' },
    fail: `${api}:fail canvas none is not on this page or component`,
  },
]

/** Every method of CanvasContext in WeChat's typings that draws or sets, with arguments. */
const STEPS = {
  arc: [5, 5, 2, 0, 3],
  arcTo: [1, 2, 3, 4, 5],
  beginPath: [],
  bezierCurveTo: [1, 2, 3, 4, 5, 6],
  clearRect: [0, 0, 1, 1],
  clip: [],
  closePath: [],
  drawImage: ['/media/four.png', 0, 0, 2, 2],
  fill: [],
  fillRect: [0, 0, 5, 5],
  fillText: ['text', 1, 1],
  lineTo: [3, 3],
  moveTo: [1, 1],
  quadraticCurveTo: [1, 2, 3, 4],
  rect: [0, 0, 9, 9],
  restore: [],
  rotate: [1],
  save: [],
  scale: [2, 2],
  setFillStyle: ['#ff0000'],
  setFontSize: [12],
  setGlobalAlpha: [0.5],
  setLineCap: ['round'],
  setLineDash: [[4, 2], 1],
  setLineJoin: ['round'],
  setLineWidth: [2],
  setMiterLimit: [3],
  setShadow: [1, 1, 2, '#000000'],
  setStrokeStyle: ['#00ff00'],
  setTextAlign: ['center'],
  setTextBaseline: ['top'],
  setTransform: [1, 0, 0, 1, 0, 0],
  stroke: [],
  strokeRect: [0, 0, 5, 5],
  strokeText: ['text', 1, 1],
  transform: [1, 0, 0, 1, 0, 0],
  translate: [1, 1],
}

module.exports = [
  media({
    api: 'createCanvasContext',
    name: 'has every method',
    async check() {
      const context = wx.createCanvasContext('old')
      for (const [name, args] of Object.entries(STEPS)) context[name](...args)
      expect(context.measureText('text'), { width: (width) => width > 0 })
      expect(context.createLinearGradient(0, 0, 1, 1), methods('addColorStop'))
      expect(context.createCircularGradient(1, 1, 1), methods('addColorStop'))
      context.fillStyle = context.createPattern('/media/four.png', 'repeat')
      expect(context, {
        globalAlpha: 0.5,
        lineCap: is('round'),
        lineDashOffset: 'Number',
        lineJoin: is('round'),
        lineWidth: 2,
        miterLimit: 3,
        font: 'String',
        globalCompositeOperation: is('source-over'),
        strokeStyle: is('#00ff00'),
        shadowBlur: 'Number',
        shadowColor: 'String',
        shadowOffsetX: 'Number',
        shadowOffsetY: 'Number',
      })
      await new Promise((resolve) => context.draw(false, resolve))
    },
  }),
  media({
    api: 'createCanvasContext',
    name: 'draws',
    async check() {
      const context = wx.createCanvasContext('old')
      context.setFillStyle('#00ff00')
      context.fillRect(0, 0, 10, 10)
      await new Promise((resolve) => context.draw(false, resolve))
      const { data } = await wx.canvasGetImageData(area)
      assert([...data.slice(0, 4)].join() === '0,255,0,255', 'another colour', [...data.slice(0, 4)])
    },
  }),
  {
    api: 'createOffscreenCanvas',
    with: [{ type: '2d', width: 7, height: 5 }],
    gives: { width: 7, height: 5, ...methods('getContext', 'createImage') },
  },
  { api: 'createOffscreenCanvas', with: [7, 5], gives: { width: 7, height: 5 }, name: 'by numbers' },
  {
    api: 'createOffscreenCanvas',
    with: [],
    gives: { width: 'Number', height: 'Number' },
    name: 'by defaults',
  },
  media({
    api: 'canvasGetImageData',
    args: area,
    ok: { width: 2, height: 2, data: (data) => data.length === 16 },
  }),
  ...bad('canvasGetImageData'),
  media({ api: 'canvasPutImageData', args: { ...area, data: pixels(16) }, ok: {} }),
  media({
    api: 'canvasPutImageData',
    args: { ...area, data: pixels(3) },
    fail: 'canvasPutImageData:fail data must hold 16 bytes, not 3',
  }),
  { api: 'canvasPutImageData', args: area, fail: wrong('canvasPutImageData', 'data', 'Uint8ClampedArray') },
  ...bad('canvasPutImageData', { data: pixels(16) }),
  media({ api: 'canvasToTempFilePath', args: { canvasId: 'old' }, ok: { tempFilePath: temporary('png') } }),
  {
    api: 'canvasToTempFilePath',
    name: 'without a page, as JPEG',
    args: () => ({ canvas: wx.createOffscreenCanvas({ type: '2d', width: 4, height: 4 }), fileType: 'jpg' }),
    ok: { tempFilePath: temporary('jpg') },
  },
  {
    api: 'canvasToTempFilePath',
    args: { canvasId: 'none' },
    fail: 'canvasToTempFilePath:fail canvas none is not on this page or component',
  },
]
