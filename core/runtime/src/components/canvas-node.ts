// What WeChat calls a canvas: the browser's own, with WeChat's makers of images and frames. For `<canvas>` and for
// wx.createOffscreenCanvas.

/** A canvas as a program gets it. */
export type CanvasNode = HTMLCanvasElement & {
  createImage(): HTMLImageElement
  createPath2D(path?: Path2D): Path2D
  createImageData(width: number, height: number): ImageData
  requestAnimationFrame(callback: FrameRequestCallback): number
  cancelAnimationFrame(id: number): void
}

/** Resolves what a program names to a URL of this document; '' for what is refused. */
export type Resolve = (source: string) => string

/** Gives `node` WeChat's methods. */
export function canvasNode(node: HTMLCanvasElement, resolve: Resolve): CanvasNode {
  return Object.assign(node, {
    createImage: () => canvasImage(resolve),
    createPath2D: (path?: Path2D) => new Path2D(path),
    createImageData: (width: number, height: number) => new ImageData(width, height),
    requestAnimationFrame: (callback: FrameRequestCallback) => window.requestAnimationFrame(callback),
    cancelAnimationFrame: (id: number) => window.cancelAnimationFrame(id),
  })
}

/** An image whose `src` is a file of the program or a listed address, as everywhere else. */
function canvasImage(resolve: Resolve): HTMLImageElement {
  const image = new Image()
  const own = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
  Object.defineProperty(image, 'src', {
    get: () => own?.get?.call(image) as string,
    set: (source: unknown) => own?.set?.call(image, resolve(String(source)) || 'data:,'),
    configurable: true,
  })
  return image
}

/** Loads a picture that a program names; rejects when it cannot be had. */
export function loadImage(source: string, resolve: Resolve): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const url = resolve(source)
    const image = new Image()
    image.onload = () => done(image)
    image.onerror = () => fail(new Error(`the picture ${source} cannot be loaded`))
    if (url === '') fail(new Error(`the picture ${source} is not one that a program may load`))
    else image.src = url
  })
}
