// button: WeChat's button, its part in a form, and `open-type`.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import { closestHost } from './host'
import { hoverProperties, watchHover } from './hover'
import { resetForm, submitForm } from './form'
import { lookup } from './table'

interface OpenType {
  /** Event that tells the program the outcome. */
  event?: string
  /** Does it, and gives the event's detail; without it the open-type needs WeChat and fails. */
  run?(host: Host): Promise<unknown>
}

const OPEN_TYPES: Record<string, OpenType> = {
  openSetting: { event: 'opensetting', run: (host) => host.env.call('openSetting') },
  chooseAvatar: { event: 'chooseavatar', run: chooseAvatar },
  // The tap is the consent; what is asked for is up to the program and to the permissions of the host.
  agreePrivacyAuthorization: {
    event: 'agreeprivacyauthorization',
    run: () => Promise.resolve({ errMsg: 'agreePrivacyAuthorization:ok' }),
  },
  launchApp: { event: 'error' },
  getPhoneNumber: { event: 'getphonenumber' },
  getRealtimePhoneNumber: { event: 'getrealtimephonenumber' },
  getUserInfo: { event: 'getuserinfo' },
  contact: { event: 'contact' },
  liveActivity: { event: 'createliveactivity' },
  feedback: {},
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

  // WeChat joins the consent to privacy rules with others: `getPhoneNumber|agreePrivacyAuthorization`.
  for (const openType of host.text('openType').split('|')) if (openType !== '') open(host, openType)
}

function open(host: Host, openType: string): void {
  if (openType === 'share') return host.env.share(host.component)
  const { event, run } = lookup(OPEN_TYPES, openType) ?? {}
  if (!run) host.env.missing(`button open-type ${openType}`)
  const outcome = run ? run(host) : Promise.reject({ errMsg: `${openType}:fail not supported` })
  const tell = (detail: unknown): void => (event === undefined ? undefined : host.emit(event, detail))
  // A failure is an outcome: the program finds it in `errMsg`.
  outcome.then(tell, tell).catch(host.env.error)
}

/** One picture of the user's. */
async function chooseAvatar(host: Host): Promise<unknown> {
  const { tempFilePaths } = await host.env.call<{ tempFilePaths: string[] }>('chooseImage', { count: 1 })
  return { avatarUrl: tempFilePaths[0] ?? '' }
}
