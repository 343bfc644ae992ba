// `wx.showModal`
import type { Work } from '../api/typed'
import { colorOption, failure, labelBy, make, makeButton, openModal, textOption } from './layer'

/** Button texts may be four characters long, as in WeChat. */
const LONGEST = 4

/** Opens a dialog; resolves with WeChat's `{confirm, cancel, content}`. */
export const showModal: Work<'showModal'> = (options) => {
  const editable = options.editable === true
  const showCancel = options.showCancel !== false
  const confirmText = textOption(options.confirmText) || '确定'
  const cancelText = textOption(options.cancelText) || '取消'
  for (const [name, text] of [
    ['confirmText', confirmText],
    ['cancelText', cancelText],
  ] as const) {
    if (Array.from(text).length > LONGEST && /[^\u0000-\u007f]/.test(text))
      return Promise.reject(
        failure('showModal', `${name} length should not larger than ${LONGEST} Chinese characters`),
      )
  }

  return new Promise((resolve) => {
    let field: HTMLTextAreaElement | undefined
    const end = (confirm: boolean): void => {
      modal.close()
      resolve({ confirm, cancel: !confirm, content: editable && confirm ? (field?.value ?? '') : '' })
    }
    const modal = openModal({
      className: 'lgo-dialog',
      role: editable ? 'dialog' : 'alertdialog',
      // A dialog without a cancel button has only one way out.
      onEscape: () => end(!showCancel),
      onEnter: () => end(true),
    })
    const { box } = modal
    const body = make('div', 'lgo-dialog-body lgo-scroll', box)
    const title = textOption(options.title)
    const content = textOption(options.content)
    if (title !== '') labelBy(box, make('h2', 'lgo-dialog-title', body, title))
    if (editable) {
      field = make('textarea', 'lgo-dialog-field', body)
      field.value = content
      field.rows = 1
      field.placeholder = textOption(options.placeholderText)
      if (field.placeholder !== '') field.setAttribute('aria-label', field.placeholder)
    } else if (content !== '') {
      const text = make('p', title === '' ? 'lgo-dialog-text lgo-alone' : 'lgo-dialog-text', body, content)
      labelBy(box, text, title === '' ? 'aria-labelledby' : 'aria-describedby')
    }
    const buttons = make('div', 'lgo-dialog-buttons', box)
    if (showCancel) {
      const cancel = makeButton('lgo-dialog-button', cancelText, buttons, () => end(false))
      cancel.style.color = colorOption(options.cancelColor, '')
    }
    const confirm = makeButton('lgo-dialog-button lgo-confirm', confirmText, buttons, () => end(true))
    confirm.style.color = colorOption(options.confirmColor, '')
    ;(field ?? confirm).focus({ preventScroll: true })
  })
}
