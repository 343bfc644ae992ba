// wx.createAnimation: records steps; `export()` gives what the `animation` property of a component takes.

/** One function of an animation: a transform, or a style. */
interface Step {
  type: string
  args: unknown[]
}

interface Timing {
  duration: number
  timingFunction: string
  delay: number
  transformOrigin: string
}

/** What `export()` gives. */
export interface ExportedAnimation {
  actions: {
    animates: Step[]
    option: { transformOrigin: string; transition: Omit<Timing, 'transformOrigin'> }
  }[]
}

const PLAIN = ['matrix', 'matrix3d', 'scale', 'scale3d', 'scaleX', 'scaleY', 'scaleZ']
const ANGLES = ['rotate', 'rotateX', 'rotateY', 'rotateZ', 'skew', 'skewX', 'skewY']
const LENGTHS = ['translate', 'translate3d', 'translateX', 'translateY', 'translateZ']
const STYLES = ['width', 'height', 'top', 'right', 'bottom', 'left']

type Animation = Record<string, (...args: never[]) => unknown>

/** Makes an animation object. */
export function createAnimation(options: Partial<Timing> = {}): Animation {
  const defaults: Timing = {
    duration: 400,
    timingFunction: 'linear',
    delay: 0,
    transformOrigin: '50% 50% 0',
    ...options,
  }
  let steps: Step[] = []
  let actions: ExportedAnimation['actions'] = []
  const self: Animation = {
    step(given: Partial<Timing> = {}) {
      const { transformOrigin, ...transition } = { ...defaults, ...given }
      actions.push({ animates: steps, option: { transformOrigin, transition } })
      steps = []
      return self
    },
    export(): ExportedAnimation {
      const exported = actions
      actions = []
      return { actions: exported }
    },
  }
  const add = (names: string[], step: (name: string, args: unknown[]) => Step): void => {
    for (const name of names) {
      self[name] = (...args: unknown[]) => {
        steps.push(step(name, args))
        return self
      }
    }
  }
  add(PLAIN, (type, args) => ({ type, args }))
  add(['rotate3d'], (type, [x, y, z, angle]) => ({ type, args: [x, y, z, `${angle}deg`] }))
  add(ANGLES, (type, args) => ({ type, args: args.map((angle) => `${angle}deg`) }))
  add(LENGTHS, (type, args) => ({ type, args: args.map(length) }))
  add(STYLES, (name, [value]) => ({ type: 'style', args: [name, length(value)] }))
  add(['opacity'], (name, [value]) => ({ type: 'style', args: [name, value] }))
  add(['backgroundColor'], (_, [value]) => ({ type: 'style', args: ['background-color', value] }))
  return self
}

function length(value: unknown): unknown {
  return typeof value === 'number' ? `${value}px` : value
}
