// The `animation` property: what `wx.createAnimation().export()` gives, played as CSS transitions.
import { rpx } from '../framework/rpx'
import type { Host } from './host'

interface Step {
  animates: { type: string; args: unknown[] }[]
  option: {
    transformOrigin?: string
    transition: { duration: number; timingFunction: string; delay: number }
  }
}

/** Lengths may be numbers (pixels), angles numbers (degrees). */
const LENGTHS = /^(?:translate|perspective)/
const ANGLES = /^(?:rotate|skew)/

/** One transform function of CSS, `translateX(10px)`. */
export function transformFunction(type: string, args: unknown[]): string {
  const unit = LENGTHS.test(type) ? 'px' : ANGLES.test(type) ? 'deg' : ''
  const last = args.length - 1
  const text = args.map((arg, index) => {
    // rotate3d takes a vector first and its angle last.
    const own = type === 'rotate3d' && index < last ? '' : unit
    return typeof arg === 'number' ? `${arg}${own}` : rpx(String(arg))
  })
  return `${type}(${text.join(',')})`
}

/** The inline style after one step. `before` is what earlier steps left, by CSS property. */
export function stepStyle(step: Step, before: Map<string, string>): string {
  const transforms: string[] = []
  for (const { type, args } of step.animates) {
    if (type === 'style') before.set(String(args[0]), rpx(String(args[1])))
    else transforms.push(transformFunction(type, args))
  }
  if (transforms.length > 0) before.set('transform', transforms.join(' '))
  const { duration, timingFunction, delay } = step.option.transition
  before.set('transition', `all ${Number(duration) || 0}ms ${timingFunction} ${Number(delay) || 0}ms`)
  if (step.option.transformOrigin) before.set('transform-origin', step.option.transformOrigin)
  return [...before].map(([name, value]) => `${name}:${value}`).join(';')
}

const styles = new WeakMap<Host, Map<string, string>>()
const runs = new WeakMap<Host, number>()

/** Plays the `animation` property of `host` from its first step; a new value ends the one before. */
export function applyAnimation(host: Host): void {
  const value = host.values.animation as { actions?: Step[] } | null | undefined
  const steps = value?.actions
  if (!Array.isArray(steps) || steps.length === 0) return
  const run = (runs.get(host) ?? 0) + 1
  runs.set(host, run)
  const before = styles.get(host) ?? new Map<string, string>()
  styles.set(host, before)
  const play = (index: number): void => {
    const step = steps[index]
    if (!step || runs.get(host) !== run) return
    host.animationStyle(stepStyle(step, before))
    if (index + 1 >= steps.length) return
    const { duration, delay } = step.option.transition
    setTimeout(() => play(index + 1), (Number(duration) || 0) + (Number(delay) || 0))
  }
  // The element must have been painted with the old style, or there is nothing to move from.
  requestAnimationFrame(() => play(0))
}
