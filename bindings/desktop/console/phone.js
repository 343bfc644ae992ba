// The phone that holds the program, and the tools above it. The program and the host's screen are frames: the one of
// the program's own origin, the other of this page's.
import { act } from './server.js'
import { el, iconButton, select } from './dom.js'

const ICONS = {
  back: 'M10 3 5 8l5 5',
  reload: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  rotate: 'M2.5 4h5.5v9H2.5zM10.5 4.5h1a1.5 1.5 0 0 1 1.5 1.5v4M11 8.5l2 2 2-2',
  theme: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  hide: 'M2 8s2-4 6-4 6 4 6 4-2 4-6 4-6-4-6-4M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3',
  launch: 'M5 3l8 5-8 5z',
  alone: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5',
}
/** WeChat's numbers for how a program was opened, most used first. */
const SCENES = [
  [1001, 'List of recent programs'],
  [1007, 'Card in a chat'],
  [1008, 'Card in a group chat'],
  [1011, 'QR code, scanned'],
  [1012, 'QR code, long press'],
  [1013, 'QR code, from the album'],
  [1017, 'Preview'],
  [1020, 'Profile of an official account'],
  [1035, 'Menu of an official account'],
  [1037, 'Another program'],
  [1038, 'Back from another program'],
  [1043, 'Template message'],
  [1047, 'Program code, scanned'],
  [1089, 'List in the chats'],
  [1154, 'Single page in Moments'],
]
const NETWORKS = [
  ['wifi', 'Wi-Fi'],
  ['4g', '4G'],
  ['3g', '3G, slow'],
  ['none', 'No network'],
]
const ZOOMS = [
  ['fit', 'Fit'],
  ['1', '100 %'],
  ['0.75', '75 %'],
  ['0.5', '50 %'],
]
const CUSTOM = 'Custom'
/** The phone's frame around the screen, as in phone.css. */
const BEZEL = 12

/**
 * Builds the phone.
 * @param {HTMLElement} stage
 */
export function phone(stage) {
  /** @type {any} */
  let state = {}
  /** @type {any[]} */
  let devices = []
  let session = 0
  let hidden = false

  const wish = (/** @type {string} */ what, fields = {}) =>
    act(what, fields).then(
      () => say(''),
      (error) => say(error.message),
    )
  const set = (/** @type {any} */ device) => wish('device', { device })

  const device = select('Device', [], (name) => {
    const known = devices.find((one) => one.name === name)
    custom.hidden = Boolean(known)
    if (known) void set(known)
    else width.focus()
  })
  device.id = 'device'
  const number = (/** @type {string} */ name) =>
    el('input', { type: 'number', min: 160, max: 4096, 'aria-label': name, title: name, onchange: resize })
  const width = number('Width')
  const height = number('Height')
  const custom = el('span', { className: 'custom', hidden: true }, width, '×', height)
  function resize() {
    const size = { width: Number(width.value), height: Number(height.value) }
    void set({ ...state.device, name: CUSTOM, ...size, statusBar: 0, bottom: 0, cutout: 'none' })
  }
  function rotate() {
    const upright = devices.find((one) => one.name === state.device.name)
    const turned = state.device.width > state.device.height
    const swapped = { ...state.device, width: state.device.height, height: state.device.width }
    // Lying down, a phone has no status bar.
    void set(turned ? { ...swapped, ...upright } : { ...swapped, statusBar: 0 })
  }

  const network = select('Network', /** @type {any} */ (NETWORKS), (kind) => void wish('network', { network: kind }))
  network.id = 'network'
  const zoom = select('Zoom', /** @type {any} */ (ZOOMS), fit)
  const theme = iconButton('Dark mode', ICONS.theme, () => {
    void wish('theme', { theme: state.theme === 'dark' ? 'light' : 'dark' })
  })
  theme.id = 'theme'
  const hide = iconButton('Send to the background', ICONS.hide, () => {
    hidden = !hidden
    hide.setAttribute('aria-pressed', String(hidden))
    void wish(hidden ? 'hide' : 'show')
  })
  const alone = el('a', { className: 'tool', target: '_blank', title: 'Open without the phone', 'aria-label': 'Open without the phone' })
  alone.append(...iconButton('', ICONS.alone, () => {}).childNodes)
  const launch = iconButton('Open as…', ICONS.launch, () => {
    form.hidden = !form.hidden
    launch.setAttribute('aria-expanded', String(!form.hidden))
    if (!form.hidden) fill()
  })
  launch.id = 'launch'
  launch.setAttribute('aria-expanded', 'false')

  const scene = el(
    'select',
    { id: 'scene' },
    ...SCENES.map(([id, text]) => el('option', { value: String(id) }, `${id} ${text}`)),
  )
  const page = el('select', { id: 'page' })
  const query = el('input', { id: 'query', placeholder: 'table=12&from=door', spellcheck: false })
  const referrer = el('input', { id: 'referrer', placeholder: 'app id of the program that opens this one', spellcheck: false })
  const extra = el('input', { id: 'extra', placeholder: '{"any": "JSON"}', spellcheck: false })
  const field = (/** @type {string} */ text, /** @type {HTMLElement} */ input) => el('label', {}, el('span', {}, text), input)
  const form = el(
    'form',
    { className: 'launch', hidden: true, onsubmit: open },
    field('Scene', scene),
    field('Page', page),
    field('Query', query),
    field('From', referrer),
    field('Extra data', extra),
    el('button', { type: 'submit', className: 'primary' }, 'Open'),
  )
  function fill() {
    const entry = state.entry ?? {}
    page.replaceChildren(...(state.pages ?? []).map((/** @type {string} */ path) => el('option', { value: path }, path)))
    page.value = state.top?.path ?? entry.path ?? state.pages?.[0] ?? ''
    query.value = new URLSearchParams(state.top?.query ?? entry.query ?? {}).toString()
    scene.value = String(entry.scene ?? 1001)
  }
  /** @param {Event} event */
  function open(event) {
    event.preventDefault()
    let extraData = {}
    try {
      if (extra.value.trim()) extraData = JSON.parse(extra.value)
    } catch {
      say('Extra data is not JSON.')
      return
    }
    const entry = {
      path: page.value || null,
      query: Object.fromEntries(new URLSearchParams(query.value)),
      scene: Number(scene.value),
      referrer: referrer.value ? [referrer.value, extraData] : null,
    }
    void wish('open', { entry })
  }

  const notice = el('output', { className: 'notice', role: 'status' })
  const say = (/** @type {string} */ text) => {
    notice.textContent = text
  }

  const time = el('span', { className: 'time' }, '9:41')
  const status = el('div', { className: 'statusbar', 'aria-hidden': 'true' }, time, el('i', { className: 'cutout' }), el('span', { className: 'signs' }, signs()))
  const home = el('i', { className: 'home', 'aria-hidden': 'true' })
  const shell = el('iframe', { className: 'shell', src: '/shell.html', title: 'Host' })
  const screen = el('div', { className: 'screen' }, status, home, shell)
  const body = el('div', { className: 'phone' }, screen)
  const desk = el('div', { className: 'desk' }, body)

  stage.append(
    el(
      'div',
      { className: 'bar', role: 'toolbar', 'aria-label': 'Phone' },
      iconButton('Back', ICONS.back, () => void wish('back')),
      iconButton('Reload', ICONS.reload, () => void wish('reload')),
      launch,
      device,
      custom,
      iconButton('Rotate', ICONS.rotate, rotate),
      zoom,
      network,
      theme,
      hide,
      alone,
    ),
    form,
    notice,
    desk,
  )

  fetch('/devices.json')
    .then((answer) => answer.json())
    .then((table) => {
      devices = table
      device.append(...[...devices.map((one) => one.name), CUSTOM].map((name) => el('option', { value: name }, name)))
      dress()
    })
  new ResizeObserver(fit).observe(desk)

  /** Puts the phone to scale. */
  function fit() {
    const [w, h] = [(state.device?.width ?? 390) + 2 * BEZEL, (state.device?.height ?? 844) + 2 * BEZEL]
    const room = Math.min((desk.clientWidth - 32) / w, (desk.clientHeight - 32) / h)
    const scale = zoom.value === 'fit' ? Math.max(0.3, Math.min(1, room)) : Number(zoom.value)
    body.style.transform = scale === 1 ? '' : `scale(${scale})`
    // A scaled box still takes its whole room.
    body.style.margin = scale === 1 ? '' : `${(-(1 - scale) * h) / 2}px ${(-(1 - scale) * w) / 2}px`
  }

  /** The phone as its device has it. */
  function dress() {
    if (!state.device) return
    const { device: now } = state
    screen.style.width = `${now.width}px`
    screen.style.height = `${now.height}px`
    screen.style.setProperty('--status', `${now.statusBar}px`)
    body.dataset.cutout = now.width > now.height ? 'none' : now.cutout
    body.classList.toggle('round', now.bottom > 0)
    status.hidden = now.statusBar === 0
    home.hidden = now.bottom === 0
    home.style.height = `${now.bottom}px`
    const known = devices.some((one) => one.name === now.name)
    if (devices.length > 0) device.value = known ? now.name : CUSTOM
    custom.hidden = known || devices.length === 0
    width.value = String(now.width)
    height.value = String(now.height)
    fit()
  }

  /** A new session, a new frame: the browser's history stays as it is. */
  function load() {
    session = state.session
    screen.querySelector('.program')?.remove()
    if (!state.frame) return
    const frame = el('iframe', {
      className: 'program',
      title: state.program.name || 'Program',
      allow: 'autoplay; clipboard-read; clipboard-write; fullscreen',
      sandbox: 'allow-scripts allow-same-origin allow-forms allow-downloads',
      src: state.frame,
    })
    screen.prepend(frame)
    alone.href = state.frame
    hidden = false
    hide.setAttribute('aria-pressed', 'false')
  }

  return {
    /** @param {any} next */
    update(next) {
      const changed = next.session !== session || Boolean(next.frame) !== Boolean(state.frame)
      const before = JSON.stringify(state.device)
      state = next
      if (JSON.stringify(state.device) !== before) dress()
      if (changed) load()
      shell.classList.toggle('covers', state.covers)
      status.dataset.text = state.bar
      home.dataset.text = state.theme === 'dark' ? 'white' : 'black'
      network.value = state.network
      theme.setAttribute('aria-pressed', String(state.theme === 'dark'))
      const frame = screen.querySelector('.program')
      if (frame) frame.style.colorScheme = state.theme
      screen.style.background = state.theme === 'dark' ? '#111111' : '#ffffff'
    },
  }
}

/** Signal, Wi-Fi and battery. */
function signs() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 66 14')
  for (const d of [
    'M0 9h3v4H0zM5 6.5h3V13H5zM10 4h3v9h-3zM15 1h3v12h-3z',
    'M24 4.6a10 10 0 0 1 14 0l-1.6 1.7a7.6 7.6 0 0 0-10.8 0zM27 7.8a5.6 5.6 0 0 1 8 0l-4 4.2z',
    'M44 2.5A1.5 1.5 0 0 1 45.5 1h15A1.5 1.5 0 0 1 62 2.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 44 11.5zm1.5 0v9h15v-9zm1.2 1.2h12.6v6.6H46.7zM63.5 5v4c1.2-.4 1.8-1.2 1.8-2s-.6-1.6-1.8-2z',
  ]) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    path.setAttribute('d', d)
    path.setAttribute('fill-rule', 'evenodd')
    svg.append(path)
  }
  return svg
}
