// progress: a bar that may fill with an animation.
import { css, element } from './dom'
import type { Definition } from './host'
import { length } from './icon'
import { setAria } from './aria'

/** A percentage between 0 and 100; anything that is no number is 0. */
export function percentOf(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) ? Math.min(100, Math.max(0, number)) : 0
}

/** `<progress>`. `duration` is the time of one percent in milliseconds. */
export const progress: Definition = {
  tag: 'progress',
  properties: {
    percent: [null, 0],
    showInfo: [Boolean],
    borderRadius: [null, 0],
    fontSize: [null, 16],
    strokeWidth: [null, 6],
    color: [String],
    activeColor: [String, '#09BB07'],
    // Of the style sheet unless the program sets it: the track is another in the dark.
    backgroundColor: [String],
    active: [Boolean],
    activeMode: [String, 'backwards'],
    duration: [Number, 30],
  },
  create(host) {
    const track = element('div', 'lg-progress-track', host.element)
    const bar = element('div', 'lg-progress-bar', track)
    const info = element('p', 'lg-progress-info', host.element)
    let shown = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const draw = (percent: number): void => {
      shown = percent
      bar.style.width = `${percent}%`
      info.textContent = `${Math.round(percent)}%`
    }
    const run = (): void => {
      const target = percentOf(host.values.percent)
      clearInterval(timer)
      setAria(host, {
        role: 'progressbar',
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': target,
      })
      if (!host.flag('active')) return draw(target)
      const from = host.text('activeMode') === 'forwards' ? Math.min(shown, target) : 0
      const began = Date.now()
      const perPercent = Math.max(1, host.number('duration', 30))
      draw(from)
      timer = setInterval(() => {
        const now = Math.min(target, from + (Date.now() - began) / perPercent)
        draw(now)
        if (now < target) return
        clearInterval(timer)
        host.emit('activeend', { curPercent: target })
      }, 30)
    }

    return {
      update(changed) {
        const radius = length(host.values.borderRadius)
        track.setAttribute(
          'style',
          css({
            height: length(host.values.strokeWidth),
            'border-radius': radius,
            'background-color': host.text('backgroundColor'),
          }),
        )
        bar.style.backgroundColor = host.text('color') || host.text('activeColor')
        bar.style.borderRadius = radius
        info.style.display = host.flag('showInfo') ? '' : 'none'
        info.style.fontSize = length(host.values.fontSize)
        if (changed === null || changed.has('percent') || changed.has('active')) run()
      },
      detached() {
        clearInterval(timer)
      },
    }
  },
}
