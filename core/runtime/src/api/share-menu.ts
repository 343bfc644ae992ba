// wx.showShareMenu and its kin: whether the host's menu may share the page. There is one kind of sharing here, so the
// lists of kinds count only for `shareAppMessage`.
import type { Page } from '../framework/page'
import type { Implementations } from './wx'

/** Adds the functions. */
export function addShareMenu(own: Implementations, top: (api: string) => Page): void {
  own.async('showShareMenu', () => void (top('showShareMenu').shareable = true), { menus: 'Array?' })
  own.async(
    'hideShareMenu',
    ({ menus = ['shareAppMessage'] }) => {
      if (menus.includes('shareAppMessage')) top('hideShareMenu').shareable = false
    },
    { menus: 'Array?' },
  )
  // Share tickets and messages that change are WeChat's own: a card here is what it was when it was sent.
  own.asyncAll({ updateShareMenu: () => undefined })
}
