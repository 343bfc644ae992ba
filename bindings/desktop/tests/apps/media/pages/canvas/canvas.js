const { check, equal, truthy } = require('../../check')

Page({
  data: { said: '' },
  touched(event) {
    const { x, y } = event.touches[0]
    this.setData({ said: `touched at ${Math.round(x)} ${Math.round(y)}` })
  },
  async onReady() {
    const node = (id) =>
      new Promise((resolve) => wx.createSelectorQuery().select(id).node(({ node }) => resolve(node)).exec())
    const pixel = async (x, y) => {
      const { data, width, height } = await wx.canvasGetImageData({ canvasId: 'old', x, y, width: 1, height: 1 })
      equal([width, height], [1, 1])
      return [...data]
    }
    const drawn = (context, reserve) => new Promise((resolve) => context.draw(reserve, resolve))

    await check('2d: size, fill, image, image data, data URL', async () => {
      const canvas = await node('#new')
      canvas.width = 80
      canvas.height = 40
      const context = canvas.getContext('2d')
      context.fillStyle = '#ff0000'
      context.fillRect(0, 0, 10, 10)
      equal([...context.getImageData(5, 5, 1, 1).data], [255, 0, 0, 255])
      const image = canvas.createImage()
      await new Promise((resolve, reject) => {
        image.onload = resolve
        image.onerror = reject
        image.src = '/media/four.png'
      })
      equal([image.width, image.height], [2, 2])
      context.drawImage(image, 20, 0)
      equal([...context.getImageData(20, 1, 1, 1).data], [0, 0, 255, 255])
      const data = canvas.createImageData(2, 3)
      equal([data.width, data.height, data.data.length], [2, 3, 24])
      truthy(canvas.toDataURL('image/png').startsWith('data:image/png;base64,'), 'data URL')
      const path = canvas.createPath2D()
      path.rect(40, 0, 5, 5)
      context.fill(path)
      equal([...context.getImageData(42, 2, 1, 1).data], [255, 0, 0, 255])
      await new Promise((resolve) => canvas.requestAnimationFrame(resolve))
      let ran = false
      canvas.cancelAnimationFrame(canvas.requestAnimationFrame(() => (ran = true)))
      await new Promise((resolve) => canvas.requestAnimationFrame(resolve))
      equal(ran, false)
    })
    await check('offscreen: by options and by the older numbers', async () => {
      for (const canvas of [
        wx.createOffscreenCanvas({ type: '2d', width: 7, height: 5 }),
        wx.createOffscreenCanvas(7, 5),
      ]) {
        equal([canvas.width, canvas.height], [7, 5])
        const context = canvas.getContext('2d')
        context.fillRect(0, 0, 7, 5)
        equal(context.getImageData(6, 4, 1, 1).data[3], 255)
      }
    })
    await check('webgl: a context, if this webview has one', async () => {
      const canvas = await node('#gl')
      const gl = canvas.getContext('webgl')
      if (!gl) return console.info('no webgl here')
      gl.clearColor(0, 1, 0, 1)
      gl.clear(gl.COLOR_BUFFER_BIT)
      const pixels = new Uint8Array(4)
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
      equal([...pixels], [0, 255, 0, 255])
    })

    const context = wx.createCanvasContext('old')
    await check('old: nothing shows before draw', async () => {
      context.setFillStyle('#00ff00')
      context.fillRect(0, 0, 50, 30)
      equal(await pixel(10, 10), [0, 0, 0, 0])
      await drawn(context, false)
      equal(await pixel(10, 10), [0, 255, 0, 255])
      equal(await pixel(60, 10), [0, 0, 0, 0])
    })
    await check('old: reserve keeps, and a drawing starts with a new state', async () => {
      context.fillRect(60, 0, 10, 10)
      context.save()
      context.translate(100, 100)
      await drawn(context, true)
      equal(await pixel(10, 10), [0, 255, 0, 255])
      equal(await pixel(65, 5), [0, 0, 0, 255])
      context.fillStyle = 'rgb(0, 0, 255)'
      context.fillRect(0, 0, 5, 5)
      await drawn(context)
      equal(await pixel(2, 2), [0, 0, 255, 255])
      equal(await pixel(10, 10), [0, 0, 0, 0])
    })
    await check('old: pictures, gradients, patterns, text, in order', async () => {
      context.drawImage('/media/four.png', 0, 0, 40, 40)
      const linear = context.createLinearGradient(50, 0, 60, 0)
      linear.addColorStop(0, '#ff0000')
      linear.addColorStop(1, '#ff0000')
      context.setFillStyle(linear)
      context.fillRect(50, 0, 10, 10)
      const round = context.createCircularGradient(75, 25, 10)
      round.addColorStop(0, '#00ffff')
      round.addColorStop(1, '#00ffff')
      context.fillStyle = round
      context.fillRect(70, 20, 10, 10)
      context.setFillStyle(context.createPattern('../../media/four.png', 'repeat'))
      context.fillRect(50, 40, 20, 10)
      context.drawImage('/media/none.png', 0, 0)
      await drawn(context)
      equal(await pixel(5, 5), [255, 0, 0, 255])
      equal(await pixel(35, 35), [255, 255, 255, 255])
      equal(await pixel(55, 5), [255, 0, 0, 255])
      equal(await pixel(75, 25), [0, 255, 255, 255])
      equal((await pixel(60, 45))[3], 255)
      context.setFontSize(20)
      const { width } = context.measureText('mm')
      context.setFontSize(10)
      // Fonts round, so it is twice only about.
      truthy(Math.abs(width / context.measureText('mm').width - 2) < 0.3, 'text twice as large is twice as wide')
      equal(context.font, '10px sans-serif')
    })
    await check('old: the picture is as sharp as the screen', async () => {
      const { width, height } = await new Promise((resolve) =>
        wx.createSelectorQuery().select('.old').fields({ node: true, size: true }, ({ node }) => resolve(node)).exec(),
      )
      const { pixelRatio } = wx.getWindowInfo ? wx.getWindowInfo() : wx.getSystemInfoSync()
      equal([width, height], [Math.round(100 * pixelRatio), Math.round(60 * pixelRatio)])
    })
    await check('canvasPutImageData', async () => {
      const data = new Uint8ClampedArray(4 * 4 * 4).fill(255)
      await wx.canvasPutImageData({ canvasId: 'old', x: 90, y: 50, width: 4, height: 4, data })
      equal(await pixel(91, 51), [255, 255, 255, 255])
    })
    await check('canvasToTempFilePath: a part, another size, both kinds of canvas', async () => {
      const load = (src) =>
        new Promise((resolve, reject) => {
          const canvas = wx.createOffscreenCanvas({ type: '2d', width: 40, height: 40 })
          const image = canvas.createImage()
          image.onload = () => {
            canvas.getContext('2d').drawImage(image, 0, 0)
            const pixel = [...canvas.getContext('2d').getImageData(2, 2, 1, 1).data]
            resolve({ size: [image.width, image.height], pixel })
          }
          image.onerror = () => reject(new Error(`${src} is no picture`))
          image.src = src
        })
      context.setFillStyle('#ff0000')
      context.fillRect(10, 10, 20, 20)
      context.draw()
      const part = { canvasId: 'old', x: 10, y: 10, width: 20, height: 20, destWidth: 40, destHeight: 30 }
      const { tempFilePath, errMsg } = await wx.canvasToTempFilePath(part)
      equal([errMsg, /^wxfile:\/\/.*\.png$/.test(tempFilePath)], ['canvasToTempFilePath:ok', true])
      equal(await load(tempFilePath), { size: [40, 30], pixel: [255, 0, 0, 255] })
      const canvas = wx.createOffscreenCanvas({ type: '2d', width: 30, height: 20 })
      canvas.getContext('2d').fillRect(0, 0, 30, 20)
      const { pixelRatio } = wx.getSystemInfoSync()
      const whole = await wx.canvasToTempFilePath({ canvas, fileType: 'jpg', quality: 0.8 })
      equal(/\.jpg$/.test(whole.tempFilePath), true)
      equal(await load(whole.tempFilePath), { size: [30 * pixelRatio, 20 * pixelRatio], pixel: [0, 0, 0, 255] })
      const none = await wx.canvasToTempFilePath({ canvasId: 'none' }).catch((error) => error.errMsg)
      truthy(none.startsWith('canvasToTempFilePath:fail canvas none'), none)
    })
    await check('canvas functions: wrong arguments', async () => {
      const message = (promise) => promise.then(() => 'ok', ({ errMsg }) => errMsg)
      equal(
        await message(wx.canvasGetImageData({})),
        'canvasGetImageData:fail parameter error: parameter.canvasId should be String instead of Undefined;',
      )
      truthy((await message(wx.canvasGetImageData({ canvasId: 'none', x: 0, y: 0, width: 1, height: 1 }))).startsWith('canvasGetImageData:fail canvas none'), 'no canvas')
      const bad = { canvasId: 'old', x: 0, y: 0, width: 2, height: 2, data: new Uint8ClampedArray(3) }
      truthy((await message(wx.canvasPutImageData(bad))).startsWith('canvasPutImageData:fail data must'), 'too little data')
    })
    console.info('DONE')
  },
})
