// wx.createAnimation: records steps; `export()` gives what the `animation` property of a component takes.
type Animation = WechatMiniprogram.Animation
type StepOption = WechatMiniprogram.StepOption

/** One function of an animation: a transform, or a style. */
interface Step {
  type: string
  args: unknown[]
}

type Timing = Required<StepOption>

/** What `export()` gives. */
export interface ExportedAnimation {
  actions: {
    animates: Step[]
    option: { transformOrigin: string; transition: Omit<Timing, 'transformOrigin'> }
  }[]
}

const DEFAULTS: Timing = {
  duration: 400,
  timingFunction: 'linear',
  delay: 0,
  transformOrigin: '50% 50% 0',
}

/** Makes an animation object. */
export function createAnimation(options?: StepOption): Animation {
  const defaults: Timing = { ...DEFAULTS, ...options }
  let steps: Step[] = []
  let actions: ExportedAnimation['actions'] = []
  const add = (type: string, args: unknown[]): Animation => {
    steps.push({ type, args })
    return self
  }
  const plain =
    (name: string) =>
    (...args: unknown[]) =>
      add(name, args)
  const angles =
    (name: string) =>
    (...args: unknown[]) =>
      add(
        name,
        args.map((angle) => `${angle}deg`),
      )
  const lengths =
    (name: string) =>
    (...args: unknown[]) =>
      add(name, args.map(length))
  const style =
    (name: string, convert: (value: unknown) => unknown = length) =>
    (value: unknown) =>
      add('style', [name, convert(value)])
  const same = (value: unknown): unknown => value
  const self: Animation = {
    step(given) {
      const { transformOrigin, ...transition } = { ...defaults, ...given }
      actions.push({ animates: steps, option: { transformOrigin, transition } })
      steps = []
      return self
    },
    export() {
      const exported = actions
      actions = []
      return { actions: exported }
    },
    matrix: plain('matrix'),
    matrix3d: plain('matrix3d'),
    scale: plain('scale'),
    scale3d: plain('scale3d'),
    scaleX: plain('scaleX'),
    scaleY: plain('scaleY'),
    scaleZ: plain('scaleZ'),
    rotate: angles('rotate'),
    rotateX: angles('rotateX'),
    rotateY: angles('rotateY'),
    rotateZ: angles('rotateZ'),
    rotate3d: (x, y, z, angle) => add('rotate3d', [x, y, z, `${angle}deg`]),
    skew: angles('skew'),
    skewX: angles('skewX'),
    skewY: angles('skewY'),
    translate: lengths('translate'),
    translate3d: lengths('translate3d'),
    translateX: lengths('translateX'),
    translateY: lengths('translateY'),
    translateZ: lengths('translateZ'),
    width: style('width'),
    height: style('height'),
    top: style('top'),
    right: style('right'),
    bottom: style('bottom'),
    left: style('left'),
    opacity: style('opacity', same),
    backgroundColor: style('background-color', same),
  }
  return self
}

function length(value: unknown): unknown {
  return typeof value === 'number' ? `${value}px` : value
}
