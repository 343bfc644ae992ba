// `<page-meta>` and `<navigation-bar>`: attributes of a page, said in its template. They draw nothing themselves.
import { rpx } from '../framework/rpx'
import type { PageFrame } from '../framework/page-frame'
import type { Definition, Host } from './host'
import { kebab } from '../framework/kebab'

/** Runs `apply` with the page's frame for attributes that have a value and are new. */
function follow(host: Host, apply: (frame: PageFrame, has: (name: string) => boolean) => void) {
  const run = (changed: ReadonlySet<string> | null): void => {
    const frame = host.env.frame(host.element)
    // Before it is in a page there is nothing to apply to; `attached` does it then.
    if (!frame || !host.isAttached) return
    apply(frame, (name) => (changed === null || changed.has(name)) && host.text(name) !== '')
  }
  return { update: run, attached: () => run(null) }
}

/** `16px`, `32rpx` or a bare number of pixels. */
function pixels(text: string): number {
  const number = parseFloat(text)
  if (!Number.isFinite(number)) return 0
  return /rpx\s*$/i.test(text) ? (number * document.documentElement.clientWidth) / 750 : number
}

/** `system` is the size that the person chose, which is the webview's own. */
const fontSize = (text: string): string => (text === 'system' ? '' : rpx(text))

/** `<page-meta>`, the first node of a page. */
export const pageMeta: Definition = {
  tag: 'page-meta',
  properties: {
    backgroundTextStyle: [String],
    backgroundColor: [String],
    rootBackgroundColor: [String],
    scrollTop: [String],
    scrollDuration: [Number, 300],
    pageStyle: [String],
    pageFontSize: [String],
    rootFontSize: [String],
  },
  create(host) {
    let ended = false
    const scrolled = (event: Event): void =>
      void host.emit('scroll', { scrollTop: (event.target as HTMLElement).scrollTop })
    const resized = (): void => {
      const box = host.env.frame(host.element)?.view.getBoundingClientRect()
      if (box) host.emit('resize', { size: { windowWidth: box.width, windowHeight: box.height } })
    }
    let scroller: HTMLElement | undefined
    const followed = follow(host, (frame, has) => {
      if (has('backgroundTextStyle')) frame.pullDown.style = host.text('backgroundTextStyle')
      if (has('backgroundColor')) frame.view.style.backgroundColor = host.text('backgroundColor')
      if (has('rootBackgroundColor')) frame.scroller.style.backgroundColor = host.text('rootBackgroundColor')
      if (has('pageStyle') || has('pageFontSize')) {
        const size = host.text('pageFontSize')
        frame.pageStyle = `${size ? `font-size: ${fontSize(size)};` : ''}${host.text('pageStyle')}`
      }
      if (has('rootFontSize')) frame.rootFontSize = fontSize(host.text('rootFontSize'))
      if (has('scrollTop')) {
        const top = pixels(host.text('scrollTop'))
        void frame.scrollTo(top, host.number('scrollDuration', 300)).then(() => {
          if (!ended) host.emit('scrolldone', {})
        })
      }
    })
    return {
      update: followed.update,
      attached() {
        scroller = host.env.frame(host.element)?.scroller
        scroller?.addEventListener('scroll', scrolled, { passive: true })
        window.addEventListener('resize', resized)
        followed.attached()
      },
      detached() {
        ended = true
        scroller?.removeEventListener('scroll', scrolled)
        window.removeEventListener('resize', resized)
      },
    }
  },
}

/** `<navigation-bar>`, inside of `<page-meta>`. */
export const navigationBar: Definition = {
  tag: 'navigation-bar',
  properties: {
    title: [String],
    loading: [Boolean],
    frontColor: [String],
    backgroundColor: [String],
    colorAnimationDuration: [Number, 0],
    colorAnimationTimingFunc: [String, 'linear'],
  },
  create(host) {
    return follow(host, (frame, has) => {
      if (has('title')) frame.bar.title = host.text('title')
      frame.bar.loading = host.flag('loading')
      if (has('frontColor') || has('backgroundColor')) {
        const duration = host.number('colorAnimationDuration')
        frame.bar.recolour(host.text('frontColor'), host.text('backgroundColor'), duration, easing(host))
      }
    })
  },
}

/** WeChat names them `easeIn`, CSS `ease-in`. */
function easing(host: Host): string {
  return kebab(host.text('colorAnimationTimingFunc'))
}
