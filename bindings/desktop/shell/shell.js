// The host's own screen: draws the state it is given, sends back what the user chose. Protocol: src/host/shell.rs.
// Everything that comes from a program is set as text, never as markup.
'use strict'

const WORDS = {
  en: {
    more: 'Menu', close: 'Close', loading: 'Loading', development: 'Development', failed: 'Cannot open', retry: 'Retry',
    about: 'About', permissions: 'Settings', reload: 'Reload', console: 'Console', share: 'Share', cancel: 'Cancel', back: 'Back',
    id: 'App ID', version: 'Version', digest: 'Digest', publisher: 'Publisher', code: 'Code',
    granted: 'Allowed', denied: 'Not allowed', undecided: 'Not asked yet', noScopes: 'This program asks for no permissions.',
    asks: 'asks for', allow: 'Allow', deny: 'Do not allow', shared: 'Path copied',
    closed: 'The program was closed.', reopen: 'Open again', downloading: 'Downloading',
    updateReady: 'A new version is ready', updateForced: 'This version is out of use. Restart to go on.',
    later: 'Later', restart: 'Restart now', revoked: 'Withdrawn', revokedText: 'This program may not be opened any more. Its operator or publisher has withdrawn it.',
    phone: 'your telephone number', phoneText: 'Its server will know the number that you gave this host.', privacy: 'asks you to agree to',
    program: 'wants to open another program', subscribe: 'wants to send you messages', keep: 'Keep these choices, do not ask again', done: 'OK',
    offline: 'You are offline', offlineText: 'Connect to a network and try again.',
  },
  zh: {
    more: '菜单', close: '关闭', loading: '加载中', development: '开发版', failed: '无法打开', retry: '重试',
    about: '关于', permissions: '设置', reload: '重新进入', console: '控制台', share: '分享', cancel: '取消', back: '返回',
    id: 'App ID', version: '版本', digest: '摘要', publisher: '发布者', code: '代码',
    granted: '已允许', denied: '不允许', undecided: '未询问', noScopes: '该小程序未申请任何权限。',
    asks: '申请', allow: '允许', deny: '拒绝', shared: '路径已复制',
    closed: '小程序已关闭。', reopen: '重新打开', downloading: '正在下载',
    updateReady: '新版本已准备好', updateForced: '当前版本已停用，请重启小程序。',
    later: '以后再说', restart: '立即重启', revoked: '已下架', revokedText: '该小程序已被运营者或发布者下架，无法打开。',
    phone: '你的手机号', phoneText: '其服务器将获得你在本应用登记的手机号。', privacy: '请你同意',
    program: '想打开另一个小程序', subscribe: '想给你发送消息', keep: '总是保持以上选择，不再询问', done: '确定',
    offline: '网络不可用', offlineText: '请连接网络后重试。',
  },
}
const SCOPES = {
  en: {
    'scope.userLocation': 'your location', 'scope.userFuzzyLocation': 'your approximate location',
    'scope.writePhotosAlbum': 'saving to your photos', 'scope.camera': 'the camera', 'scope.record': 'the microphone',
    'scope.userInfo': 'your profile', 'scope.bluetooth': 'Bluetooth', 'scope.addPhoneContact': 'adding contacts',
    'scope.addPhoneCalendar': 'adding to the calendar', 'scope.werun': 'your step count',
    privacy: 'the privacy contract', subscriptions: 'messages',
  },
  zh: {
    'scope.userLocation': '位置信息', 'scope.userFuzzyLocation': '模糊位置信息', 'scope.writePhotosAlbum': '添加到相册',
    'scope.camera': '摄像头', 'scope.record': '麦克风', 'scope.userInfo': '用户信息', 'scope.bluetooth': '蓝牙',
    'scope.addPhoneContact': '添加到联系人', 'scope.addPhoneCalendar': '添加到日历', 'scope.werun': '微信运动步数',
    privacy: '隐私保护指引', subscriptions: '消息',
  },
}
const ICONS = {
  console: 'M4 5h16v14H4zM7 9l3 3-3 3M12 15h5',
  close: 'M6 6l12 12M18 6L6 18',
  about: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 7.6v.1',
  permissions: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  reload: 'M19 12a7 7 0 1 1-2-5M17 3v4h-4',
  share: 'M14 5l7 6-7 6v-4c-6 0-9 2-11 5 0-6 4-9 11-9z',
}
const WARNING = 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v7h-2zm0 9h2v2h-2z'

const $ = (id) => document.getElementById(id)
/** To the window that this screen lies in; in a browser, to the server. */
function send(choice, fields) {
  const body = JSON.stringify({ do: choice, ...fields })
  if (window.ipc) window.ipc.postMessage(body)
  else void fetch('/choice', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
}

/** An element with a class, and children that are elements or text. */
function el(tag, className, ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

function picture(path, className) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  if (className) svg.setAttribute('class', className)
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  svg.append(shape)
  return svg
}

function button(className, text, choice) {
  const element = el('button', className, text)
  element.addEventListener('click', () => send(choice))
  return element
}

/** The program's icon, or the first letter of its name. */
function icon(program) {
  if (!program.icon) return el('div', 'icon', [...(program.name || program.id || ' ')][0].toUpperCase())
  const image = el('img', 'icon')
  image.alt = ''
  image.src = `/icon?${encodeURIComponent(program.digest)}`
  return image
}

const row = (name, value) => el('div', 'row', el('dt', '', name), el('dd', '', value))

function head(program, detail) {
  return el('div', 'head', icon(program), el('div', '', el('h1', '', program.name), el('p', '', detail)))
}

const size = (bytes, language) =>
  `${(bytes / 1e6).toLocaleString(language.replace('_', '-'), { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`

/** A download: how far it is, and a way out. `total` is 0 while it is not known. */
function download([received, total], words, language) {
  const part = total ? Math.min(received / total, 1) : 0
  const bar = el('div', 'bar')
  bar.setAttribute('role', 'progressbar')
  bar.setAttribute('aria-label', words.downloading)
  bar.setAttribute('aria-valuenow', String(Math.floor(part * 100)))
  const done = el('i')
  done.style.width = `${part * 100}%`
  bar.append(done)
  const text = total ? `${size(received, language)} / ${size(total, language)} · ${Math.floor(part * 100)} %` : size(received, language)
  return [bar, el('p', 'count', `${words.downloading} ${text}`), button('plain', words.cancel, 'cancel')]
}

/** One function a layer: state and words to an element. */
const LAYERS = {
  loading: ({ program, progress, development, language }, words) =>
    el('div', 'screen', el('div', 'middle', icon(program), el('h1', '', program.name),
      ...(progress ? download(progress, words, language) : [el('div', 'dots', el('i'), el('i'), el('i'))]),
      ...(development ? [el('div', 'badge', words.development)] : []))),

  error: ({ program, layer }, words) => {
    // What the user can do about it, before what was said of it.
    const known = { Revoked: [words.revoked, words.revokedText], Offline: [words.offline, words.offlineText] }[layer.error]
    return el('div', 'screen', el('div', 'middle', picture(WARNING, 'warning'),
      ...(known ? [el('h1', '', program.name), el('div', 'badge', known[0]), el('p', '', known[1])]
        : [el('h1', '', `${words.failed} ${program.name}`.trim())]),
      el('p', known ? 'detail' : '', layer.message), el('p', '', el('code', '', `${words.code}: ${layer.code}`)),
      button('primary', words.retry, 'retry')))
  },

  update: ({ program, update }, words) =>
    el('div', 'sheet', head(program, `${words.version} ${update.version}`),
      el('p', '', update.forced ? words.updateForced : words.updateReady),
      el('div', 'answers', ...(update.forced ? [] : [button('plain', words.later, 'later')]), button('primary', words.restart, 'restart'))),

  closed: ({ program }, words) =>
    el('div', 'screen', el('div', 'middle', icon(program), el('h1', '', program.name), el('p', '', words.closed),
      button('primary', words.reopen, 'retry'))),

  menu: ({ program, console, development }, words) => {
    const tile = (name) => {
      const element = el('button', 'tile', el('span', '', picture(ICONS[name])), words[name])
      element.addEventListener('click', () => send(name))
      return element
    }
    return el('div', 'sheet', head(program, development ? words.development : program.id),
      el('div', 'tiles', ...['share', 'reload', 'permissions', 'about', ...(console ? ['console'] : []), 'close'].map(tile)),
      button('plain', words.cancel, 'dismiss'))
  },

  about: ({ program, development }, words) =>
    el('div', 'sheet', head(program, program.id),
      el('dl', 'list', row(words.id, program.id), row(words.version, program.version), row(words.digest, program.digest),
        ...(development ? [row(words.publisher, words.development)] : [])),
      button('plain', words.back, 'menu')),

  permissions: ({ program, language }, words) => {
    const rows = program.scopes.map(({ scope, granted }) => {
      const state = el('dd', '', granted === null ? words.undecided : granted ? words.granted : words.denied)
      const element = el('button', 'row', el('dt', '', scopeName(scope, language)), state)
      // What was not asked yet is for the program to ask, with its reason.
      element.disabled = granted === null
      element.addEventListener('click', () => send('set', { scope, granted: !granted }))
      return element
    })
    return el('div', 'sheet', head(program, words.permissions),
      rows.length ? el('div', 'list', ...rows) : el('p', '', words.noScopes),
      button('plain', words.back, 'menu'))
  },

  shared: ({ program, layer }, words) =>
    el('div', 'sheet', head(program, words.shared), el('dl', 'list', row(layer.title || program.name, layer.path)),
      button('plain', words.close, 'dismiss')),

  prompt: ({ program, prompt, language }, words) => QUESTIONS[prompt.kind](program, prompt, words, language),
}

/** A question with two answers. */
const yesOrNo = (program, detail, text, words) =>
  el('div', 'sheet', head(program, detail), el('p', '', text),
    el('div', 'answers', button('plain', words.deny, 'deny'), button('primary', words.allow, 'grant')))

/** A question about several things: boxes `[id, title, detail, ticked]`, and what is sent. */
function boxes(program, detail, list, words, keepable) {
  const choices = {}
  const box = (text, more, on, changed) => {
    const input = el('input')
    input.type = 'checkbox'
    input.checked = on
    input.addEventListener('change', () => changed(input.checked))
    return el('label', 'row', el('span', 'what', text, ...(more ? [el('small', '', more)] : [])), input)
  }
  let keep = false
  const rows = list.map(([id, title, more, on]) => {
    choices[id] = on
    return box(title, more, on, (ticked) => (choices[id] = ticked))
  })
  const done = el('button', 'primary', words.done)
  done.addEventListener('click', () => send('chosen', { choices, keep }))
  return el('div', 'sheet', head(program, detail),
    rows.length ? el('div', 'list', ...rows) : el('p', '', words.noScopes),
    ...(keepable ? [el('div', 'list', box(words.keep, '', false, (ticked) => (keep = ticked)))] : []),
    el('div', 'answers', button('plain', words.cancel, 'deny'), done))
}

/** One function a kind of question. */
const QUESTIONS = {
  scope: (program, { scope, reason }, words, language) =>
    yesOrNo(program, `${words.asks} ${scopeName(scope, language)}`, reason, words),
  phoneNumber: (program, _, words) => yesOrNo(program, `${words.asks} ${words.phone}`, words.phoneText, words),
  privacy: (program, { contract }, words) => yesOrNo(program, words.privacy, contract, words),
  program: (program, { app }, words) => yesOrNo(program, words.program, app, words),
  subscribe: (program, { templates }, words) =>
    boxes(program, words.subscribe, templates.map(({ id, title, fields }) => [id, title, fields.join(' · '), true]), words, true),
  settings: (program, { scopes }, words, language) =>
    boxes(program, words.permissions, scopes.map(({ scope, granted }) => [scope, scopeName(scope, language), '', granted === true]), words),
}

const pick = (table, language) => (language.startsWith('zh') ? table.zh : table.en)
/** What the user answered, by name: a scope, the contract, or one kind of message. */
const scopeName = (scope, language) => pick(SCOPES, language)[scope] || scope

function draw(state) {
  const words = pick(WORDS, state.language)
  const root = document.documentElement
  root.dataset.theme = state.theme
  root.lang = state.language.replace('_', '-')
  root.style.setProperty('--top', `${state.top}px`)
  $('more').setAttribute('aria-label', words.more)
  $('close').setAttribute('aria-label', words.close)
  // A question goes before everything else.
  const kind = state.prompt ? 'prompt' : state.update && state.layer.kind === 'none' ? 'update' : state.layer.kind
  const layer = LAYERS[kind]
  $('layer').hidden = !layer
  $('layer').replaceChildren(...(layer ? [layer(state, words)] : []))
  // The capsule stands on the page's bar, or on a screen of our own.
  const screen = kind === 'loading' || kind === 'error' || kind === 'closed'
  $('capsule').hidden = kind === 'closed'
  $('capsule').dataset.icons = screen ? (state.theme === 'dark' ? 'white' : 'black') : state.bar
  $('scrim').hidden = !layer || screen
}

/** Asks for the next state for as long as the host is there. */
async function follow() {
  let revision = 0
  for (;;) {
    const state = await (await fetch(`/state?after=${revision}`)).json()
    if (state.revision !== revision) draw(state)
    revision = state.revision
  }
}

$('more').addEventListener('click', () => send('menu'))
$('close').addEventListener('click', () => send('close'))
$('scrim').addEventListener('click', () => send('dismiss'))
follow()
