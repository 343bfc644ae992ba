// Containers that do more than a box: root-portal, page-container, match-media.
import { element } from './dom'
import { setAria } from './aria'
import { onDrag } from './gesture'
import type { Definition, Host } from './host'
import { rpx } from '../framework/rpx'

/** `<root-portal>`: its content is drawn above the rest of the page, free of clipping ancestors. */
export const rootPortal: Definition = {
  tag: 'root-portal',
  properties: { enable: [Boolean, true] },
  create(host) {
    const slot = element('div', 'lg-portal')
    host.element.appendChild(slot)
    /** The page's own element: it has no clipping or transform of the program's between it and the screen. */
    const page = (): Element | null => host.element.closest('wx-page') ?? host.env.pageScroller(host.element)
    const place = (): void => {
      const target = host.flag('enable') && host.isAttached ? page() : host.element
      if (target && slot.parentNode !== target) target.appendChild(slot)
    }
    return {
      slot,
      update: place,
      attached: place,
      detached: () => slot.remove(),
    }
  },
}

/** `<page-container>`: a sheet over the page; going back closes it. */
export const pageContainer: Definition = {
  tag: 'page-container',
  properties: {
    show: [Boolean],
    duration: [Number, 300],
    zIndex: [Number, 100],
    overlay: [Boolean, true],
    position: [String, 'bottom'],
    round: [Boolean],
    closeOnSlideDown: [Boolean],
    overlayStyle: [String],
    customStyle: [String],
  },
  create(host) {
    const overlay = element('div', 'lg-container-overlay', host.element)
    const panel = element('div', 'lg-container-panel', host.element)
    let shown = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let release: (() => void) | undefined

    // A click without a press is the ghost of the tap that opened it.
    let pressed = false
    overlay.addEventListener('pointerdown', () => (pressed = true))
    overlay.addEventListener('click', () => {
      if (!pressed) return
      pressed = false
      host.emit('clickoverlay', {})
      host.set({ show: false })
    })
    onDrag(panel, () => (host.flag('closeOnSlideDown') && panel.scrollTop <= 0 ? 'y' : null), {
      start: ({ dy }) => dy > 0,
      move: ({ dy }) => {
        panel.style.transitionDuration = '0s'
        panel.style.transform = `translateY(${Math.max(0, dy)}px)`
      },
      end: ({ dy, vy }) => {
        panel.style.transform = ''
        panel.style.transitionDuration = ''
        // Far enough, or thrown.
        if (dy > panel.clientHeight / 3 || vy > 0.5) host.set({ show: false })
      },
    })
    const position = (): string =>
      ['top', 'bottom', 'right', 'center'].includes(host.text('position')) ? host.text('position') : 'bottom'
    const toggle = (show: boolean): void => {
      shown = show
      clearTimeout(timer)
      release?.()
      release = show ? host.env.catchBack(() => host.set({ show: false })) : undefined
      host.emit(show ? 'beforeenter' : 'beforeleave', {})
      host.element.classList.add('lg-open')
      // The class that moves it must come after a frame with the old place, or nothing is animated.
      requestAnimationFrame(() => {
        host.emit(show ? 'enter' : 'leave', {})
        host.element.classList.toggle('lg-entered', show)
      })
      timer = setTimeout(
        () => {
          host.element.classList.toggle('lg-open', shown)
          host.emit(show ? 'afterenter' : 'afterleave', {})
        },
        Math.max(0, host.number('duration', 300)),
      )
    }
    return {
      slot: panel,
      update() {
        const duration = `${Math.max(0, host.number('duration', 300))}ms`
        const layer = `z-index:${host.number('zIndex', 100)};transition-duration:${duration}`
        const hidden = host.flag('overlay') ? '' : ';display:none'
        overlay.setAttribute('style', `${layer}${hidden};${rpx(host.text('overlayStyle'))}`)
        panel.setAttribute('style', `${layer};${rpx(host.text('customStyle'))}`)
        panel.className = `lg-container-panel lg-${position()}${host.flag('round') ? ' lg-round' : ''}`
        setAria(host, { role: 'dialog', 'aria-hidden': !host.flag('show') })
        if (host.flag('show') !== shown) toggle(host.flag('show'))
      },
      detached() {
        clearTimeout(timer)
        release?.()
      },
    }
  },
}

const MEDIA = ['minWidth', 'maxWidth', 'width', 'minHeight', 'maxHeight', 'height'] as const

/** `<match-media>`: shows its content only where the window fits. */
export const matchMedia: Definition = {
  tag: 'match-media',
  properties: {
    ...Object.fromEntries(MEDIA.map((name) => [name, [Number, -1] as const])),
    orientation: [String],
  },
  create(host) {
    const apply = (): void => {
      const query = mediaQuery(host)
      host.element.classList.toggle('lg-no-match', query !== '' && !window.matchMedia(query).matches)
    }
    return {
      update: apply,
      attached: () => window.addEventListener('resize', apply),
      detached: () => window.removeEventListener('resize', apply),
    }
  },
}

function mediaQuery(host: Host): string {
  const parts = MEDIA.filter((name) => host.number(name, -1) >= 0).map((name) => {
    const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    return `(${property}: ${host.number(name)}px)`
  })
  const orientation = host.text('orientation')
  if (orientation === 'landscape' || orientation === 'portrait') parts.push(`(orientation: ${orientation})`)
  return parts.join(' and ')
}
