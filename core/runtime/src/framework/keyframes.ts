// Keyframes of `this.animate` in WeChat's words, as those of the Web Animations API.
import { rpx } from './rpx'

export type Keyframe = Record<string, unknown>

const DEGREES = new Set(['rotate', 'rotateX', 'rotateY', 'rotateZ', 'skew', 'skewX', 'skewY'])
const PIXELS = new Set(['translate', 'translate3d', 'translateX', 'translateY', 'translateZ'])
const FACTORS = new Set(['scale', 'scale3d', 'scaleX', 'scaleY', 'scaleZ', 'matrix', 'matrix3d'])

/** One keyframe: transforms become one `transform`, `ease` becomes `easing`. */
export function keyframe(frame: Keyframe): globalThis.Keyframe {
  const out: globalThis.Keyframe = {}
  const transforms: string[] = []
  for (const [name, value] of Object.entries(frame ?? {})) {
    const unit = DEGREES.has(name) ? 'deg' : PIXELS.has(name) ? 'px' : FACTORS.has(name) ? '' : undefined
    if (unit !== undefined) transforms.push(`${name}(${list(value, unit)})`)
    else if (name === 'ease') out['easing'] = String(value)
    else if (name === 'offset') out.offset = Number(value)
    else out[name] = rpx(String(value))
  }
  if (transforms.length > 0) out['transform'] = transforms.join(' ')
  return out
}

function list(value: unknown, unit: string): string {
  const values = Array.isArray(value) ? (value as unknown[]) : [value]
  return values.map((item) => (typeof item === 'number' ? `${item}${unit}` : rpx(String(item)))).join(',')
}
