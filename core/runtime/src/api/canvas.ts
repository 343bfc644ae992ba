// wx.createCanvasContext, wx.createOffscreenCanvas, and moving pixels between canvases, files and the program.
import type { GeneralComponent } from 'glass-easel'
import { oldCanvas, type OldCanvas } from '../components/canvas'
import { canvasNode, type Resolve } from '../components/canvas-node'
import { componentOf } from '../framework/dom'
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure, type Options, type ParameterRules, type Result } from './call'
import { CanvasContext } from './canvas-context'
import type { Implementations } from './wx'

/** What the functions work on. */
export interface CanvasParts {
  reporter: Reporter
  /** The component of the top page. */
  top(): GeneralComponent | undefined
  resolve: Resolve
  /** Keeps bytes as a temporary file; its path. */
  tempFile(bytes: Uint8Array, extension: string): Promise<string>
}

const RECT: ParameterRules = {
  canvasId: 'String',
  x: 'Number',
  y: 'Number',
  width: 'Number',
  height: 'Number',
}

/** Adds the functions. */
export function addCanvas(own: Implementations, parts: CanvasParts): void {
  const find = (id: unknown, caller: unknown): OldCanvas | undefined =>
    oldCanvas(componentOf(caller) ?? parts.top(), String(id))
  /** A function whose second argument is the component that holds the canvas. */
  const within = (
    name: string,
    work: (options: Options, caller: unknown) => Promise<Result | void> | Result | void,
    rules?: ParameterRules,
  ): void =>
    own.set({
      [name]: (options: unknown, caller: unknown) =>
        asyncFunction(name, (given) => work(given, caller), parts.reporter, rules)(options),
    })
  const needed = (name: string, options: Options, caller: unknown): OldCanvas => {
    const canvas = find(options['canvasId'], caller)
    if (!canvas) throw failure(name, `canvas ${String(options['canvasId'])} is not on this page or component`)
    return canvas
  }

  // One after the other on each page or component: a picture may take longer to load than the next `draw` comes.
  let drawing = Promise.resolve()
  const queue = (work: () => Promise<void>): void => {
    drawing = drawing.then(work).catch((error: unknown) => parts.reporter.error(error, 'CanvasContext.draw'))
  }
  own.set({
    createCanvasContext: (id, caller) => {
      const owner = componentOf(caller) ?? parts.top()
      return new CanvasContext(() => oldCanvas(owner, String(id)), queue)
    },
    createOffscreenCanvas: (first, second) => {
      const { width, height } =
        first !== null && typeof first === 'object'
          ? (first as { width?: unknown; height?: unknown })
          : { width: first, height: second }
      const node = document.createElement('canvas')
      if (width !== undefined) node.width = Number(width)
      if (height !== undefined) node.height = Number(height)
      return canvasNode(node, parts.resolve)
    },
  })
  within(
    'canvasGetImageData',
    (options, caller) => {
      const { node, ratio } = needed('canvasGetImageData', options, caller)
      const [x, y, width, height] = rect(options)
      if (width < 1 || height < 1) throw failure('canvasGetImageData', 'width and height must be at least 1')
      const copy = scratch(width, height)
      copy.drawImage(node, x * ratio, y * ratio, width * ratio, height * ratio, 0, 0, width, height)
      return { width, height, data: copy.getImageData(0, 0, width, height).data }
    },
    RECT,
  )
  within(
    'canvasPutImageData',
    (options, caller) => {
      const { node, ratio } = needed('canvasPutImageData', options, caller)
      const [x, y, width, height] = rect(options)
      const pixels = options['data'] as Uint8ClampedArray<ArrayBuffer>
      if (pixels.length !== width * height * 4)
        throw failure(
          'canvasPutImageData',
          `data must hold ${width * height * 4} bytes, not ${pixels.length}`,
        )
      const copy = scratch(width, height)
      copy.putImageData(new ImageData(pixels, width, height), 0, 0)
      const context = node.getContext('2d')
      if (!context) throw failure('canvasPutImageData', 'the canvas has another kind of context')
      context.clearRect(x * ratio, y * ratio, width * ratio, height * ratio)
      context.drawImage(copy.canvas, x * ratio, y * ratio, width * ratio, height * ratio)
    },
    { ...RECT, data: 'Uint8ClampedArray' },
  )
  within('canvasToTempFilePath', async (options, caller) => {
    const name = 'canvasToTempFilePath'
    const given = options['canvas']
    const old = given instanceof HTMLCanvasElement ? undefined : needed(name, options, caller)
    const node = old?.node ?? (given as HTMLCanvasElement)
    // What has been drawn before must be there.
    if (old) await drawing
    const ratio = old?.ratio ?? 1
    const number = (key: string, otherwise: number): number =>
      typeof options[key] === 'number' ? options[key] : otherwise
    const [x, y] = [number('x', 0), number('y', 0)]
    const width = number('width', node.width / ratio - x)
    const height = number('height', node.height / ratio - y)
    const density = window.devicePixelRatio || 1
    const [outWidth, outHeight] = [
      Math.round(number('destWidth', width * density)),
      Math.round(number('destHeight', height * density)),
    ]
    if (!(outWidth > 0 && outHeight > 0)) throw failure(name, 'the part to be saved is empty')
    const jpeg = options['fileType'] === 'jpg'
    const copy = scratch(outWidth, outHeight)
    if (jpeg) {
      // JPEG has no transparency; browsers would make it black.
      copy.fillStyle = '#fff'
      copy.fillRect(0, 0, outWidth, outHeight)
    }
    copy.drawImage(node, x * ratio, y * ratio, width * ratio, height * ratio, 0, 0, outWidth, outHeight)
    const quality = number('quality', 1)
    const blob = await new Promise<Blob | null>((resolve) =>
      copy.canvas.toBlob(
        resolve,
        jpeg ? 'image/jpeg' : 'image/png',
        quality > 0 && quality <= 1 ? quality : 1,
      ),
    )
    if (!blob) throw failure(name, 'the picture is too large')
    return {
      tempFilePath: await parts.tempFile(new Uint8Array(await blob.arrayBuffer()), jpeg ? 'jpg' : 'png'),
    }
  })
}

function rect(options: Options): [x: number, y: number, width: number, height: number] {
  const whole = (name: string): number => Math.trunc(Number(options[name]))
  return [whole('x'), whole('y'), whole('width'), whole('height')]
}

function scratch(width: number, height: number): CanvasRenderingContext2D {
  const node = document.createElement('canvas')
  node.width = width
  node.height = height
  const context = node.getContext('2d')
  if (!context) throw new Error('the canvas is too large')
  return context
}
