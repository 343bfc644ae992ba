// canvas: the 2d kind. `SelectorQuery.node()` gives the canvas node.
import { element } from './dom'
import type { Definition, Host } from './host'

/** What WeChat calls a canvas node. It is the browser's own canvas with WeChat's makers of images and frames. */
type CanvasNode = HTMLCanvasElement & {
  createImage(): HTMLImageElement
  createPath2D(path?: Path2D): Path2D
  createImageData(width: number, height: number): ImageData
  requestAnimationFrame(callback: FrameRequestCallback): number
  cancelAnimationFrame(id: number): void
}

/** `<canvas>`. Its bitmap is 300 by 150 until the program sets `node.width` and `node.height`, as in WeChat. */
export const canvas: Definition = {
  tag: 'canvas',
  properties: { type: [String], canvasId: [String], disableScroll: [Boolean], width: [null], height: [null] },
  create(host) {
    const node = extend(element('canvas', 'lg-canvas', host.element), host)
    // The context of old canvases (`canvas-id`, `wx.createCanvasContext`) is not here.
    return {
      node: () => node,
      update(changed) {
        const type = host.text('type')
        if (changed === null && type !== '2d') host.env.missing(`canvas type ${type || '(none)'}`)
        host.element.style.touchAction = host.flag('disableScroll') ? 'none' : ''
      },
    }
  },
}

function extend(node: HTMLCanvasElement, host: Host): CanvasNode {
  return Object.assign(node, {
    createImage: () => {
      const image = new Image()
      const own = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
      // `image.src = '/images/a.png'` means a file of the program.
      Object.defineProperty(image, 'src', {
        get: () => own?.get?.call(image) as string,
        set: (source: unknown) => own?.set?.call(image, host.url(String(source)) || 'data:,'),
        configurable: true,
      })
      return image
    },
    createPath2D: (path?: Path2D) => new Path2D(path),
    createImageData: (width: number, height: number) => new ImageData(width, height),
    requestAnimationFrame: (callback: FrameRequestCallback) => window.requestAnimationFrame(callback),
    cancelAnimationFrame: (id: number) => window.cancelAnimationFrame(id),
  })
}
