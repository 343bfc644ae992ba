// Toast and loading. WeChat has one place for both: the newer one replaces the older.
import { drawIcon } from '../components/icon'
import { resolveUrl } from '../framework/url'
import type { Work } from '../api/typed'
import { layer, make, textOption } from './layer'
import { lookup } from '../components/table'

type Kind = 'toast' | 'loading'

let shown: { kind: Kind; root: HTMLElement; timer: ReturnType<typeof setTimeout> | undefined } | undefined

function remove(): void {
  if (!shown) return
  clearTimeout(shown.timer)
  shown.root.remove()
  shown = undefined
}

/** Where it goes: the keyboard must not cover it, so it hangs in the upper half. */
function show(kind: Kind, title: string, sign: Element | null, mask: boolean, duration: number | null): void {
  remove()
  const root = make('div', mask ? 'lgo-toast-layer lgo-block' : 'lgo-toast-layer')
  const box = make('div', sign ? 'lgo-toast' : 'lgo-toast lgo-text-only', root)
  box.setAttribute('role', kind === 'loading' ? 'alert' : 'status')
  box.setAttribute('aria-live', 'polite')
  if (sign) {
    const place = make('div', 'lgo-toast-sign', box)
    place.appendChild(sign)
  }
  make('p', 'lgo-toast-title', box, title)
  layer().appendChild(root)
  const timer = duration === null ? undefined : setTimeout(remove, duration)
  shown = { kind, root, timer }
}

const SIGNS: Record<string, string> = { success: 'success_no_circle', error: 'warn' }

/** `wx.showToast` */
export const showToast: Work<'showToast'> = (options) => {
  const icon = textOption(options.icon, 'success')
  const image = textOption(options.image)
  const duration = Number(options.duration ?? 1500)
  let sign: Element | null = null
  if (image !== '') {
    const picture = make('img', 'lgo-toast-image')
    picture.src = resolveUrl(image, '')
    picture.alt = ''
    sign = picture
  } else if (icon === 'loading') sign = make('i', 'lgo-spinner')
  else if (icon !== 'none') sign = drawIcon(lookup(SIGNS, icon) ?? 'success_no_circle', '#fff')
  show(
    'toast',
    options.title,
    sign,
    options.mask === true,
    Number.isFinite(duration) ? Math.max(0, duration) : 1500,
  )
}

/** `wx.showLoading` */
export const showLoading: Work<'showLoading'> = (options) => {
  show('loading', textOption(options.title), make('i', 'lgo-spinner'), options.mask === true, null)
}

/** `wx.hideToast`; hides a loading too, unless `noConflict`. */
export const hideToast: Work<'hideToast'> = (options) => {
  if (options.noConflict !== true || shown?.kind === 'toast') remove()
}

/** `wx.hideLoading`; hides a toast too, unless `noConflict`. */
export const hideLoading: Work<'hideLoading'> = (options) => {
  if (options.noConflict !== true || shown?.kind === 'loading') remove()
}
