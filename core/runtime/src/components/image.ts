// image and cover-image: a box of fixed size with a picture in one of WeChat's modes.
import { element } from './dom'
import type { Definition, Host, Instance } from './host'
import { fitOf } from './image-mode'
import { setAria } from './aria'

/** `<image>`. */
export const image: Definition = {
  tag: 'image',
  properties: {
    src: [String],
    mode: [String, 'scaleToFill'],
    lazyLoad: [Boolean],
    fadeIn: [Boolean],
    webp: [Boolean],
    alt: [String],
  },
  create: (host) => picture(host),
}

/** `<cover-image>`. */
export const coverImage: Definition = {
  tag: 'cover-image',
  properties: { src: [String], mode: [String, 'scaleToFill'], referrerPolicy: [String] },
  create: (host) => picture(host),
}

function picture(host: Host): Instance {
  const img = element('img', 'lg-image', host.element)
  img.draggable = false
  img.alt = ''
  let resizes: ResizeObserver | undefined

  /** `heightFix`: the width follows from the height, which no CSS of our browser floor can say. */
  const followHeight = (): void => {
    const { naturalWidth, naturalHeight } = img
    if (naturalHeight === 0) return
    const height = host.element.offsetHeight
    host.style(`width:${(height * naturalWidth) / naturalHeight}px`)
  }
  const layout = (): void => {
    const { fit, position, follows } = fitOf(host.text('mode'))
    img.style.objectFit = fit
    img.style.objectPosition = position
    resizes?.disconnect()
    resizes = undefined
    // `height:auto` with a picture of automatic height keeps the ratio at any width, also when it changes later.
    img.style.height = follows === 'height' ? 'auto' : ''
    host.style(follows === 'height' && img.naturalWidth > 0 ? 'height:auto' : '')
    if (follows !== 'width') return
    followHeight()
    if (typeof ResizeObserver === 'undefined') return
    // In the next frame: changing a size while sizes are being reported is an error.
    resizes = new ResizeObserver(() => requestAnimationFrame(followHeight))
    resizes.observe(host.element)
  }
  const load = (): void => {
    const source = host.text('src')
    const url = host.url(source)
    host.element.classList.remove('lg-loaded')
    if (url === '') {
      img.removeAttribute('src')
      if (source !== '') host.emit('error', { errMsg: `GET ${source} 404 (Not Found)` })
      return
    }
    img.loading = host.flag('lazyLoad') ? 'lazy' : 'eager'
    img.src = url
  }
  img.addEventListener('load', () => {
    host.element.classList.add('lg-loaded')
    layout()
    host.emit('load', { width: img.naturalWidth, height: img.naturalHeight })
  })
  img.addEventListener('error', () => {
    host.emit('error', { errMsg: `GET ${host.text('src')} 404 (Not Found)` })
  })

  return {
    update(changed) {
      if (changed === null || changed.has('mode')) layout()
      if (changed === null || changed.has('lazyLoad') || changed.has('src')) load()
      const label = host.text('ariaLabel') || host.text('alt')
      if (label !== '') setAria(host, { role: 'img', 'aria-label': label })
    },
    detached() {
      resizes?.disconnect()
    },
  }
}
