// The context of wx.createCanvasContext: commands are kept until `draw`, then played on the canvas in one go.
import { loadImage, type Resolve } from '../components/canvas-node'
import type { OldCanvas } from '../components/canvas'

type Context = CanvasRenderingContext2D
type Pictures = Map<string, HTMLImageElement>
type Command = (easel: Easel) => void

/** What commands draw with. */
interface Easel {
  readonly context: Context
  readonly pictures: Pictures
  /** How often the program has saved the state. */
  saved: number
}

type Paint = string | WechatMiniprogram.CanvasGradient

/** A pattern whose picture is not loaded yet. */
class Pattern {
  constructor(
    readonly source: string,
    readonly repetition: string,
  ) {}
}

/** Methods that mean the same on the browser's context. */
const METHODS = [
  'arc',
  'arcTo',
  'beginPath',
  'bezierCurveTo',
  'clearRect',
  'clip',
  'closePath',
  'ellipse',
  'fill',
  'fillRect',
  'fillText',
  'lineTo',
  'moveTo',
  'quadraticCurveTo',
  'rect',
  'rotate',
  'scale',
  'stroke',
  'strokeRect',
  'strokeText',
  'transform',
  'translate',
] as const

/** Properties of the browser's context that only have to be kept, and WeChat's setters for them. */
const PROPERTIES = {
  globalAlpha: 'setGlobalAlpha',
  globalCompositeOperation: null,
  lineCap: 'setLineCap',
  lineDashOffset: null,
  lineJoin: 'setLineJoin',
  lineWidth: 'setLineWidth',
  miterLimit: 'setMiterLimit',
  shadowBlur: null,
  shadowColor: null,
  shadowOffsetX: null,
  shadowOffsetY: null,
  textAlign: 'setTextAlign',
} as const

const DEFAULT_FONT = '10px sans-serif'

/** Methods and properties that the constructor makes of the lists above. */
type Listed = Pick<
  WechatMiniprogram.CanvasContext,
  | (Exclude<(typeof METHODS)[number], 'ellipse'> & keyof WechatMiniprogram.CanvasContext)
  | ListedProperty
  | ListedSetter
>
type ListedProperty = keyof typeof PROPERTIES & keyof WechatMiniprogram.CanvasContext
type ListedSetter = Extract<(typeof PROPERTIES)[keyof typeof PROPERTIES], string>

export interface CanvasContext extends Listed {}

/** What `wx.createCanvasContext` gives. */
export class CanvasContext {
  #commands: Command[] = []
  /** For what needs an answer at once: widths of text, gradients. */
  readonly #scratch = document.createElement('canvas').getContext('2d') as Context
  readonly #paints: Record<'fillStyle' | 'strokeStyle', Paint> = {
    fillStyle: '#000000',
    strokeStyle: '#000000',
  }
  readonly #pictures = new Set<string>()
  readonly #canvas: () => OldCanvas | undefined
  readonly #queue: (work: () => Promise<void>) => void

  /** `canvas` finds the canvas at the time of drawing; `queue` runs drawings one after the other. */
  constructor(canvas: () => OldCanvas | undefined, queue: (work: () => Promise<void>) => void) {
    this.#canvas = canvas
    this.#queue = queue
    this.#scratch.font = DEFAULT_FONT
    const target = this as unknown as Record<string, unknown>
    for (const name of METHODS)
      target[name] = (...args: never[]) =>
        this.#add(({ context }) => (context[name] as (...args: never[]) => void)(...args))
    for (const [name, setter] of Object.entries(PROPERTIES)) {
      const set = (value: unknown): void => {
        ;(this.#scratch as unknown as Record<string, unknown>)[name] = value
        this.#add(({ context }) => ((context as unknown as Record<string, unknown>)[name] = value))
      }
      const get = (): unknown => (this.#scratch as unknown as Record<string, unknown>)[name]
      Object.defineProperty(this, name, { get, set, enumerable: true })
      if (setter) target[setter] = set
    }
  }

  #add(command: Command): void {
    this.#commands.push(command)
  }

  save(): void {
    this.#add((easel) => {
      easel.saved++
      easel.context.save()
    })
  }

  restore(): void {
    this.#add((easel) => {
      if (easel.saved === 0) return
      easel.saved--
      easel.context.restore()
    })
  }

  #paint(name: 'fillStyle' | 'strokeStyle', paint: Paint): void {
    this.#paints[name] = paint
    if (!(paint instanceof Pattern))
      return this.#add(({ context }) => void (context[name] = paint as string | CanvasGradient))
    this.#add(({ context, pictures }) => {
      const picture = pictures.get(paint.source)
      const pattern = picture && context.createPattern(picture, paint.repetition)
      if (pattern) context[name] = pattern
    })
  }

  get fillStyle(): Paint {
    return this.#paints.fillStyle
  }
  set fillStyle(paint: Paint) {
    this.#paint('fillStyle', paint)
  }
  setFillStyle(paint: Paint): void {
    this.#paint('fillStyle', paint)
  }
  get strokeStyle(): Paint {
    return this.#paints.strokeStyle
  }
  set strokeStyle(paint: Paint) {
    this.#paint('strokeStyle', paint)
  }
  setStrokeStyle(paint: Paint): void {
    this.#paint('strokeStyle', paint)
  }

  get font(): string {
    return this.#scratch.font
  }
  set font(font: string) {
    this.#scratch.font = font
    // What the browser made of it: a wrong one changes nothing.
    const now = this.#scratch.font
    this.#add(({ context }) => void (context.font = now))
  }
  setFontSize(size: number): void {
    this.font = this.font.replace(/[\d.]+px/, `${Number(size)}px`)
  }

  setTextBaseline(baseline: string): void {
    const value = (baseline === 'normal' ? 'alphabetic' : baseline) as CanvasTextBaseline
    this.#add(({ context }) => void (context.textBaseline = value))
  }
  set textBaseline(baseline: string) {
    this.setTextBaseline(baseline)
  }

  setLineDash(pattern: number[], offset?: number): void {
    this.#add(({ context }) => {
      context.setLineDash(pattern)
      if (offset !== undefined) context.lineDashOffset = Number(offset)
    })
  }

  setShadow(offsetX: number, offsetY: number, blur: number, color: string): void {
    this.#add(({ context }) =>
      Object.assign(context, {
        shadowOffsetX: offsetX,
        shadowOffsetY: offsetY,
        shadowBlur: blur,
        shadowColor: color,
      }),
    )
  }

  /** As the browser's, over the scale of the bitmap. */
  setTransform(...args: [number, number, number, number, number, number]): void {
    const ratio = (): number => this.#canvas()?.ratio ?? 1
    this.#add(({ context }) => {
      context.setTransform(ratio(), 0, 0, ratio(), 0, 0)
      context.transform(...args)
    })
  }

  drawImage(source: string, ...place: number[]): void {
    const name = String(source)
    this.#pictures.add(name)
    this.#add(({ context, pictures }) => {
      const picture = pictures.get(name)
      if (picture) (context.drawImage as (...args: unknown[]) => void)(picture, ...place)
    })
  }

  createPattern(source: string, repetition: string): Pattern {
    this.#pictures.add(String(source))
    return new Pattern(String(source), repetition)
  }

  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradient {
    return this.#scratch.createLinearGradient(x0, y0, x1, y1)
  }

  createCircularGradient(x: number, y: number, r: number): CanvasGradient {
    return this.#scratch.createRadialGradient(x, y, 0, x, y, r)
  }

  measureText(text: string): { width: number } {
    return { width: this.#scratch.measureText(String(text)).width }
  }

  /** Plays what was kept. `reserve` leaves what is there; `callback` is called when it is drawn. */
  draw(reserve = false, callback?: () => void): void {
    const commands = this.#commands
    const names = [...this.#pictures]
    this.#commands = []
    this.#pictures.clear()
    this.#queue(async () => {
      const canvas = this.#canvas()
      const pictures = canvas ? await loadAll(names, canvas.resolve) : new Map<string, HTMLImageElement>()
      const context = canvas?.node.getContext('2d')
      if (canvas && context) play(context, canvas, commands, pictures, reserve)
      callback?.()
    })
  }
}

/** What cannot be loaded is not drawn, as in WeChat; the rest is. */
async function loadAll(names: string[], resolve: Resolve): Promise<Pictures> {
  const pictures: Pictures = new Map()
  const load = async (name: string): Promise<void> => {
    const picture = await loadImage(name, resolve).catch(() => undefined)
    if (picture) pictures.set(name, picture)
  }
  await Promise.all(names.map(load))
  return pictures
}

function play(
  context: Context,
  { node, ratio }: OldCanvas,
  commands: Command[],
  pictures: Pictures,
  reserve: boolean,
): void {
  context.setTransform(1, 0, 0, 1, 0, 0)
  if (!reserve) context.clearRect(0, 0, node.width, node.height)
  // Each drawing begins with the context's own state, and what it saves ends with it.
  context.save()
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.beginPath()
  const easel: Easel = { context, pictures, saved: 0 }
  for (const command of commands) command(easel)
  for (; easel.saved >= 0; easel.saved--) context.restore()
}
