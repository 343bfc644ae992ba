// input and textarea.
import { element } from './dom'
import type { Definition } from './host'
import { TEXT_FIELD, textField } from './text-field'
import { lookup } from './table'

/** `type` of WeChat to the keyboard that the browser shows. The field itself stays a text field: it keeps a cursor. */
const KEYBOARDS: Record<string, string> = {
  number: 'numeric',
  digit: 'decimal',
  idcard: 'text',
  text: 'text',
  tel: 'tel',
}

/** `confirm-type` to the key that the browser shows. */
const CONFIRM: Record<string, string> = {
  send: 'send',
  search: 'search',
  next: 'next',
  go: 'go',
  done: 'done',
  return: 'enter',
}

/** What may be typed into a field of `type`; the value is cleaned of the rest. */
export function allowed(type: string, value: string): string {
  if (type === 'number') return value.replace(/[^\d]/g, '')
  if (type === 'digit') {
    const [whole = '', ...rest] = value.replace(/[^\d.]/g, '').split('.')
    return rest.length > 0 ? `${whole}.${rest.join('')}` : whole
  }
  if (type === 'idcard') return value.replace(/[^\dxX]/g, '')
  return value
}

/** `<input>`. */
export const input: Definition = {
  tag: 'input',
  properties: {
    ...TEXT_FIELD,
    type: [String, 'text'],
    password: [Boolean],
    placeholderClass: [String, 'input-placeholder'],
    confirmType: [String, 'done'],
    alwaysEmbed: [Boolean],
    safePasswordCertPath: [String],
    safePasswordLength: [Number],
    safePasswordTimeStamp: [Number],
    safePasswordNonce: [String],
    safePasswordSalt: [String],
    safePasswordCustomHash: [String],
  },
  create(host) {
    const native = element('input')
    native.type = 'text'
    native.autocomplete = 'off'
    native.setAttribute('autocapitalize', 'off')
    native.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return
      event.preventDefault()
      host.emit('confirm', { value: native.value })
      if (!host.flag('confirmHold')) native.blur()
    })
    // Names are not reviewed here: WeChat's word for that is a review that took too long.
    native.addEventListener('blur', () => {
      if (host.text('type') === 'nickname') host.emit('nicknamereview', { pass: true, timeout: true })
    })
    return textField(host, {
      native,
      placeholderClass: 'input-placeholder',
      clean: (value) => allowed(host.text('type'), value),
      update() {
        const type = host.text('type')
        native.type = host.flag('password') || type === 'safe-password' ? 'password' : 'text'
        native.inputMode = lookup(KEYBOARDS, type) ?? 'text'
        native.setAttribute('enterkeyhint', lookup(CONFIRM, host.text('confirmType')) ?? 'done')
      },
    })
  },
}

/** `<textarea>`. */
export const textarea: Definition = {
  tag: 'textarea',
  properties: {
    ...TEXT_FIELD,
    placeholderClass: [String, 'textarea-placeholder'],
    confirmType: [String, 'return'],
    autoHeight: [Boolean],
    fixed: [Boolean],
    showConfirmBar: [Boolean, true],
    disableDefaultPadding: [Boolean],
    adjustKeyboardTo: [String, 'cursor'],
  },
  create(host) {
    const native = element('textarea')
    native.rows = 1
    // One line, to measure: the height of `line-height: normal` depends on the fonts.
    const probe = element('div', 'lg-line', host.element)
    probe.setAttribute('aria-hidden', 'true')
    probe.textContent = '永'
    let lines = 0

    /** Lines of the text now; fires `linechange` when they change. */
    const measure = (): void => {
      if (!host.isAttached) return
      const auto = host.flag('autoHeight')
      // The natural height shows only while the field is as low as it can be.
      const before = native.style.height
      native.style.height = '0'
      const height = native.scrollHeight
      native.style.height = auto ? `${height}px` : before
      if (height === 0) return
      const lineHeight = Math.max(1, probe.offsetHeight)
      const now = Math.max(1, Math.round(height / lineHeight))
      if (now === lines) return
      lines = now
      host.emit('linechange', {
        height,
        heightRpx: (height * 750) / window.innerWidth,
        lineCount: now,
        lineHeight,
      })
    }
    native.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing || host.text('confirmType') === 'return') return
      event.preventDefault()
      host.emit('confirm', { value: native.value })
      if (!host.flag('confirmHold')) native.blur()
    })
    const instance = textField(host, {
      native,
      placeholderClass: 'textarea-placeholder',
      changed: measure,
      update() {
        host.element.toggleAttribute('auto-height', host.flag('autoHeight'))
        native.setAttribute('enterkeyhint', lookup(CONFIRM, host.text('confirmType')) ?? 'enter')
        if (!host.flag('autoHeight')) native.style.height = ''
      },
    })
    return {
      ...instance,
      attached() {
        instance.attached?.()
        requestAnimationFrame(measure)
      },
    }
  },
}
