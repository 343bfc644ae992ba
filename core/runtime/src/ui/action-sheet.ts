// `wx.showActionSheet`
import type { Work } from '../api/typed'
import { colorOption, failure, labelBy, make, makeButton, openModal, textOption } from './layer'

/** Most items that WeChat allows. */
const MOST = 6

/** Opens a sheet of choices; resolves with `{tapIndex}`, rejects on cancel. */
export const showActionSheet: Work<'showActionSheet'> = (options) => {
  const items: unknown[] = options.itemList
  if (items.length === 0) return reject('parameter error: itemList should have at least one item')
  if (items.length > MOST) return reject(`parameter error: itemList should not be larger than ${MOST}`)

  return new Promise((resolve, refuse) => {
    const cancel = (): void => {
      sheet.close()
      refuse(failure('showActionSheet', 'cancel'))
    }
    const sheet = openModal({ className: 'lgo-sheet', role: 'dialog', onMask: cancel, onEscape: cancel })
    const alert = textOption(options.alertText)
    if (alert !== '') labelBy(sheet.box, make('p', 'lgo-sheet-alert', sheet.box, alert))
    const list = make('div', 'lgo-sheet-list lgo-scroll', sheet.box)
    const color = colorOption(options.itemColor, '')
    items.forEach((item, tapIndex) => {
      const button = makeButton('lgo-sheet-item', textOption(item), list, () => {
        sheet.close()
        resolve({ tapIndex })
      })
      button.style.color = color
    })
    makeButton('lgo-sheet-item lgo-sheet-cancel', '取消', sheet.box, cancel)
  })
}

function reject(reason: string): Promise<never> {
  return Promise.reject(failure('showActionSheet', reason))
}
