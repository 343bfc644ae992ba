// button: WeChat's button, its part in a form, and `open-type`.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import { closestHost } from './host'
import { hoverProperties, watchHover } from './hover'
import { resetForm, submitForm } from './form'
import { lookup } from './table'

/** Event that tells the program the outcome of an `open-type`. */
const OPEN_TYPES: Record<string, string> = {
  getPhoneNumber: 'getphonenumber',
  getRealtimePhoneNumber: 'getrealtimephonenumber',
  getUserInfo: 'getuserinfo',
  contact: 'contact',
  launchApp: 'launchapp',
  openSetting: 'opensetting',
  chooseAvatar: 'chooseavatar',
  agreePrivacyAuthorization: 'agreeprivacyauthorization',
  feedback: 'feedback',
  liveActivity: 'liveactivity',
}

/** `<button>`. */
export const button: Definition = {
  tag: 'button',
  properties: {
    ...hoverProperties('button-hover', 20, 70),
    type: [String, 'default'],
    size: [String, 'default'],
    plain: [Boolean],
    disabled: [Boolean],
    loading: [Boolean],
    formType: [String],
    openType: [String],
  },
  create(host) {
    const isDisabled = (): boolean => host.flag('disabled')
    const hover = watchHover(host, isDisabled)
    const focusable = makeFocusable(host, isDisabled)
    // In the capture phase: the program's own tap handlers on this button must not run.
    host.on('tap', (event) => (isDisabled() ? event.stopPropagation() : undefined), true)
    host.on('tap', () => {
      if (isDisabled()) return
      act(host)
    })
    return {
      field: { activate: () => (isDisabled() ? undefined : host.tap()) },
      update() {
        const { element } = host
        element.setAttribute('type', host.text('type'))
        element.setAttribute('size', host.text('size'))
        for (const name of ['plain', 'disabled', 'loading']) element.toggleAttribute(name, host.flag(name))
        setAria(host, { role: 'button', 'aria-busy': host.flag('loading') })
        hover()
        focusable()
      },
    }
  },
}

function act(host: Host): void {
  const form = host.text('formType')
  const owner = form === '' ? undefined : closestHost(host.element, 'form')
  if (owner && form === 'submit') submitForm(owner, host)
  if (owner && form === 'reset') resetForm(owner)

  const openType = host.text('openType')
  if (openType === '') return
  if (openType === 'share') return host.env.share(host.component)
  host.env.missing(`button open-type ${openType}`)
  const event = lookup(OPEN_TYPES, openType)
  if (event) host.emit(event, { errMsg: `${openType}:fail not supported` })
}
