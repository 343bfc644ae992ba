// `<web-view>`: another website in place of the page. The host draws it over the page; in a browser it is a frame.
import { reasonOf, type PageWebview } from '../framework/webviews'
import { setAria } from './aria'
import { element } from './dom'
import type { Definition } from './host'

/** What the frame of a browser may do: be a website, and nothing to the program around it. */
const SANDBOX = 'allow-scripts allow-forms allow-same-origin allow-popups-to-escape-sandbox'

export const webView: Definition = {
  tag: 'web-view',
  properties: { src: [String] },
  create(host) {
    const title = element('p', 'lg-notice-title', host.element)
    const text = element('p', 'lg-notice-text', host.element)
    let frame: HTMLIFrameElement | undefined
    let webview: PageWebview | undefined
    let shown = ''

    const notice = (url: string, reason: string): void => {
      title.textContent = reason && '无法打开该网页'
      text.textContent = reason && `${siteOf(url)} ${reason}`
    }
    const failed = (url: string, reason: string, covered: boolean): void => {
      if (covered) notice(url, reason)
      if (reason.startsWith('not supported')) host.env.missing('component web-view')
      host.emit('error', { src: shown, url, errMsg: `web-view:fail ${reason}` })
    }
    const draw = (url: string): void => {
      if (!frame) {
        frame = element('iframe', 'lg-web-frame', host.element)
        frame.setAttribute('sandbox', SANDBOX)
        frame.addEventListener('load', () => host.emit('load', { src: shown }))
      }
      frame.src = url
    }
    const load = (): void => {
      const src = host.text('src')
      if (!host.isAttached || src === '' || src === shown) return
      shown = src
      notice('', '')
      webview ??= host.env.webview(host.element, {
        load: () => host.emit('load', { src: shown }),
        error: ({ url, reason, covered }) => failed(url, reason, covered),
        message: (data) => host.emit('message', { data }),
        uncovered: () => notice('', ''),
      })
      if (!webview) return failed(src, 'a page can have only one web-view', true)
      webview.load(src).then(
        (url) => {
          if (url !== '' && src === shown && host.isAttached) draw(url)
        },
        (error: unknown) => {
          if (src !== shown) return
          frame?.remove()
          frame = undefined
          failed(src, reasonOf(error), true)
        },
      )
    }
    return {
      update: load,
      attached() {
        setAria(host, { role: 'document' })
        load()
      },
      detached() {
        webview?.close()
        webview = undefined
        frame?.remove()
        frame = undefined
        shown = ''
      },
    }
  },
}

/** Only the site: paths and queries of links may hold a user's data. */
function siteOf(url: string): string {
  return /^https?:\/\/([^/?#@\s]+)/i.exec(url)?.[1] ?? ''
}
