// slider: a value by touch, mouse or keyboard.
import { setAria } from './aria'
import { element } from './dom'
import { onDrag } from './gesture'
import type { Definition } from './host'
import { fraction, keyed, rangeOf, snap, valueAt, type Range } from './slider-value'

/** `<slider>`. */
export const slider: Definition = {
  tag: 'slider',
  properties: {
    min: [Number, 0],
    max: [Number, 100],
    step: [Number, 1],
    value: [Number, 0],
    disabled: [Boolean],
    color: [String],
    selectedColor: [String],
    activeColor: [String, '#1aad19'],
    // Of the style sheet unless the program sets it: the track is another in the dark.
    backgroundColor: [String],
    blockSize: [Number, 28],
    blockColor: [String, '#ffffff'],
    showValue: [Boolean],
  },
  create(host) {
    const area = element('div', 'lg-slider-area', host.element)
    const track = element('div', 'lg-slider-track', area)
    const bar = element('div', 'lg-slider-bar', track)
    const thumb = element('div', 'lg-slider-thumb', area)
    const shown = element('span', 'lg-slider-value', host.element)
    let initial: number | null = null
    let moving: number | null = null

    const range = (): Range => rangeOf(host.number('min'), host.number('max', 100), host.number('step', 1))
    const value = (): number => moving ?? snap(host.number('value'), range())
    const draw = (): void => {
      const place = `${fraction(value(), range()) * 100}%`
      bar.style.width = place
      thumb.style.left = place
      shown.textContent = String(value())
      setAria(host, { 'aria-valuenow': value() })
    }
    const place = (x: number): number => {
      const box = track.getBoundingClientRect()
      return valueAt(box.width > 0 ? (x - box.left) / box.width : 0, range())
    }
    const drag = (next: number): void => {
      if (next === moving) return
      moving = next
      draw()
      host.emit('changing', { value: next })
    }
    const commit = (next: number): void => {
      const before = snap(host.number('value'), range())
      moving = null
      host.set({ value: next })
      draw()
      if (next !== before) host.emit('change', { value: next })
    }

    const isDisabled = (): boolean => host.flag('disabled')
    onDrag(area, () => (isDisabled() ? null : 'x'), {
      move: ({ x }) => drag(place(x)),
      end: ({ x }) => commit(moving ?? place(x)),
      release: (event) => commit(place(event.clientX)),
    })
    host.element.addEventListener('keydown', (event) => {
      const next = isDisabled() ? null : keyed(event.key, value(), range())
      if (next === null) return
      event.preventDefault()
      host.emit('changing', { value: next })
      commit(next)
    })

    return {
      field: {
        value,
        reset: () => host.set({ value: initial ?? range().min }),
      },
      update() {
        initial ??= host.number('value')
        const size = Math.min(28, Math.max(12, host.number('blockSize', 28)))
        host.element.toggleAttribute('disabled', isDisabled())
        host.element.tabIndex = isDisabled() ? -1 : 0
        area.style.margin = `0 ${size / 2}px`
        thumb.style.cssText = `width:${size}px;height:${size}px;margin:-${size / 2}px`
        thumb.style.backgroundColor = host.text('blockColor')
        track.style.backgroundColor = host.text('color') || host.text('backgroundColor')
        bar.style.backgroundColor = host.text('selectedColor') || host.text('activeColor')
        shown.style.display = host.flag('showValue') ? '' : 'none'
        const { min, max } = range()
        setAria(host, {
          role: 'slider',
          'aria-valuemin': min,
          'aria-valuemax': max,
          'aria-disabled': isDisabled(),
        })
        draw()
      },
    }
  },
}
