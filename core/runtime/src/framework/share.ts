// Sharing: the page says what (`onShareAppMessage`), the host does it.
import type { Element as GlassElement } from 'glass-easel'
import { ui } from '../ui/index'
import type { PageStack } from './page-stack'
import type { Reporter } from './reporter'

interface ShareContent {
  title?: string
  path?: string
  promise?: Promise<ShareContent>
}

/** The host's menu asks for the top page, which may have said that it is not to be shared (`wx.hideShareMenu`). */
export function shareFromMenu(stack: PageStack, reporter: Reporter): void {
  if (stack.top?.shareable === false) void ui.showToast({ title: '当前页面不可转发', icon: 'none' })
  else shareTop(stack, reporter, 'menu')
}

/** Asks the top page what to share, and tells the host. `from` is `menu` or `button`. */
export function shareTop(stack: PageStack, reporter: Reporter, from: string, button?: GlassElement): void {
  const page = stack.top
  if (!page) return
  const target = button && { id: button.id, dataset: button.dataset }
  const content = (page.call('onShareAppMessage', { from, target }) ?? {}) as ShareContent
  const query = Object.entries(page.query).map(([name, value]) => `${name}=${value}`)
  const here = page.path + (query.length > 0 ? `?${query.join('&')}` : '')
  const send = (chosen: ShareContent): void =>
    reporter.send('share', {
      title: String(chosen.title ?? page.frame.bar.title),
      path: String(chosen.path ?? here).replace(/^\//, ''),
    })
  // A promise wins if it comes within three seconds, as in WeChat.
  if (!(content.promise instanceof Promise)) return send(content)
  let sent = false
  const once = (chosen: ShareContent): void => {
    if (sent) return
    sent = true
    send(chosen)
  }
  content.promise.then(once, () => once(content))
  setTimeout(() => once(content), 3000)
}
