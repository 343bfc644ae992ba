// Pictures and films on the whole screen: swipe for the next one, pinch or tap twice to see more of one, tap to close.
import { make, openModal, failure } from './layer'
import previewCss from './preview.css'

/** One picture or film; an empty URL shows nothing. */
export interface PreviewItem {
  url: string
  film?: boolean
  poster?: string
}

/** How much larger a picture gets: by two taps, and at most. */
const TWICE = 2
const MOST = 4
/** A second tap within this time (milliseconds) is no tap of its own. */
const DOUBLE = 250

let styled = false

/** Shows the items from number `start` on. */
export function showPreview(api: string, items: PreviewItem[], start: number): void {
  if (items.length === 0) throw failure(api, 'parameter error: there is nothing to show')
  if (!styled) make('style', '', document.head, previewCss)
  styled = true
  const close = (): void => {
    clearTimeout(timer)
    modal.close()
  }
  const modal = openModal({ className: 'lgo-preview', role: 'dialog', onEscape: close })
  modal.box.setAttribute('aria-label', '预览')
  const strip = make('div', 'lgo-preview-strip lgo-scroll', modal.box)
  const slides = items.map((item) => slide(strip, item))
  const count = make('div', 'lgo-preview-count', modal.box)
  const at = (): number => Math.round(strip.scrollLeft / (strip.clientWidth || 1))
  const told = (): void => {
    count.textContent = items.length > 1 ? `${Math.min(at(), items.length - 1) + 1} / ${items.length}` : ''
  }
  strip.addEventListener('scroll', told, { passive: true })
  const first = Math.min(Math.max(0, start || 0), items.length - 1)
  strip.scrollLeft = first * strip.clientWidth
  told()
  modal.box.addEventListener('keydown', ({ key }) => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
    if (step !== 0)
      slides[at() + step]?.scrollIntoView({ behavior: 'smooth', inline: 'center', block: 'nearest' })
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  strip.addEventListener('click', (event) => {
    // A film's controls are its own.
    if (event.target instanceof HTMLVideoElement) return
    if (timer === undefined) timer = setTimeout(close, DOUBLE)
    else {
      clearTimeout(timer)
      timer = undefined
      const picture = slides[at()]?.firstElementChild as HTMLElement | undefined
      if (picture) zoom(picture, scaleOf(picture) > 1 ? 1 : TWICE)
    }
  })
}

function slide(strip: HTMLElement, { url, film, poster }: PreviewItem): HTMLElement {
  const box = make('div', 'lgo-preview-slide lgo-scroll', strip)
  if (film) {
    const video = make('video', '', box)
    video.controls = true
    video.playsInline = true
    if (poster) video.poster = poster
    if (url !== '') video.src = url
    return box
  }
  const picture = make('img', '', box)
  picture.alt = ''
  picture.draggable = false
  if (url !== '') picture.src = url
  pinch(box, picture)
  return box
}

function scaleOf(picture: HTMLElement): number {
  return parseFloat(picture.style.width || '100') / 100
}

/** A larger picture is wider than its slide, which then scrolls: panning is the webview's own. */
function zoom(picture: HTMLElement, scale: number): void {
  picture.style.width = `${scale * 100}%`
  const box = picture.parentElement as HTMLElement
  box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2
  box.scrollTop = (box.scrollHeight - box.clientHeight) / 2
}

function pinch(box: HTMLElement, picture: HTMLElement): void {
  let began: { distance: number; scale: number } | undefined
  const distance = ({ touches: [a, b] }: TouchEvent): number =>
    a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0
  box.addEventListener('touchstart', (event) => {
    if (event.touches.length === 2) began = { distance: distance(event) || 1, scale: scaleOf(picture) }
  })
  box.addEventListener(
    'touchmove',
    (event) => {
      if (!began || event.touches.length !== 2) return
      event.preventDefault()
      zoom(picture, Math.min(MOST, Math.max(1, (began.scale * distance(event)) / began.distance)))
    },
    { passive: false },
  )
  box.addEventListener('touchend', (event) => {
    if (event.touches.length < 2) began = undefined
  })
}
