// button: WeChat's button, its part in a form, and `open-type`.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import { closestHost } from './host'
import { hoverProperties, watchHover } from './hover'
import { resetForm, submitForm } from './form'
import { lookup } from './table'

const AGREE = 'agreePrivacyAuthorization'

interface OpenType {
  /** Event that tells the program the outcome. */
  event?: string
  /** Does it, and gives the event's detail; without it the open-type needs WeChat and fails. */
  run?(host: Host): Promise<unknown>
}

const OPEN_TYPES: Record<string, OpenType> = {
  getPhoneNumber: { event: 'getphonenumber', run: phoneNumber },
  getRealtimePhoneNumber: { event: 'getrealtimephonenumber', run: phoneNumber },
  getUserInfo: {
    event: 'getuserinfo',
    run: (host) => host.env.call('getUserInfo', { lang: host.text('lang') }),
  },
  contact: { event: 'contact', run: contact },
  openSetting: { event: 'opensetting', run: (host) => host.env.call('openSetting') },
  chooseAvatar: { event: 'chooseavatar', run: chooseAvatar },
  // The tap is the consent.
  agreePrivacyAuthorization: {
    event: 'agreeprivacyauthorization',
    async run(host) {
      await host.env.privacy.agree(host.component.id)
      return { errMsg: 'agreePrivacyAuthorization:ok' }
    },
  },
  launchApp: { event: 'error' },
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
    lang: [String, 'en'],
    sessionFrom: [String],
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

  // WeChat joins the consent to the privacy contract with others: `getPhoneNumber|agreePrivacyAuthorization`.
  const openTypes = host.text('openType').split('|').filter(Boolean)
  const others = openTypes.filter((openType) => openType !== AGREE)
  const rest = (): void => others.forEach((openType) => void open(host, openType))
  // The consent first: the others may wait for it.
  if (others.length < openTypes.length) void open(host, AGREE).then(rest)
  else rest()
}

function open(host: Host, openType: string): Promise<void> {
  if (openType === 'share') return Promise.resolve(host.env.share(host.component))
  const { event, run } = lookup(OPEN_TYPES, openType) ?? {}
  if (!run) host.env.missing(`button open-type ${openType}`)
  const outcome = run ? run(host) : Promise.reject({ errMsg: `${openType}:fail not supported` })
  const tell = (detail: unknown): void => (event === undefined ? undefined : host.emit(event, detail))
  // A failure is an outcome: the program finds it in `errMsg`.
  return outcome.then(tell, tell).catch(host.env.error)
}

/** The host asks the user; the program's server gets the number for the code. */
async function phoneNumber(host: Host): Promise<unknown> {
  await host.env.privacy.require('button.getPhoneNumber')
  const { code } = await host.env.engine<{ code: string }>('getPhoneNumber')
  return { errMsg: 'getPhoneNumber:ok', code }
}

/** The host's own chat. */
async function contact(host: Host): Promise<unknown> {
  await host.env.engine('enterContact', { sessionFrom: host.text('sessionFrom') })
  return { errMsg: 'enterContact:ok', path: '', query: {} }
}

/** One picture of the user's. */
async function chooseAvatar(host: Host): Promise<unknown> {
  const { tempFilePaths } = await host.env.call<{ tempFilePaths: string[] }>('chooseImage', { count: 1 })
  return { avatarUrl: tempFilePaths[0] ?? '' }
}
