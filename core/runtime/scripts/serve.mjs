// A stand-in for the engine, for looking at compiled programs in a browser while working on the base library.
// Development only: no checks, no limits, loopback only. What it answers follows core/docs/bridge.md.
//
//   npm run serve -- BUNDLE_DIR [--port 8700] [--page PATH?QUERY] [--theme dark]
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const argument = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : process.argv[at + 1]
}
const bundle = process.argv[2]
if (!bundle) {
  console.error('usage: npm run serve -- BUNDLE_DIR [--port 8700] [--page PATH?QUERY] [--theme dark]')
  process.exit(2)
}
const port = Number(argument('port', 8700))

/** The bundle is read anew for each document, so that a rebuild shows after a reload. */
function readBundle() {
  const index = JSON.parse(readFileSync(join(bundle, 'index.json'), 'utf8'))
  const files = new Map()
  for (const item of index.packages) {
    for (const [path, , sha256, mime] of item.files) files.set(path, { sha256, mime })
  }
  const read = (path) => readFileSync(join(bundle, 'blobs', files.get(path).sha256))
  return { index, files, read, config: JSON.parse(read('app.json')) }
}

const splitUrl = (url, base = '') => {
  const [path = '', query = ''] = url.split('?', 2)
  const parts = path.startsWith('/') ? [] : base.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  const pairs = query.split('&').filter(Boolean)
  return { path: parts.join('/'), query: Object.fromEntries(pairs.map((pair) => (pair + '=').split('=', 2))) }
}

let program
let session
const stored = new Map()

function openSession(request) {
  program = readBundle()
  const url = new URL(request.url, 'http://x')
  const wanted = url.searchParams.get('page') ?? argument('page', program.config.pages[0])
  const theme = url.searchParams.get('theme') ?? argument('theme', 'light')
  const page = { id: 1, ...splitUrl(wanted) }
  session = {
    doc: randomBytes(16).toString('hex'),
    hello: false,
    stack: [page],
    tabs: new Map(),
    nextId: 2,
    out: [],
    waiting: null,
    sync: new Map(),
    theme,
  }
  if (isTab(page.path)) session.tabs.set(page.path, page)
  return page
}

const isTab = (path) => (program.config.tabBar?.list ?? []).some((item) => item.pagePath === path)

function startDocument(request) {
  const page = openSession(request)
  const { index, config } = program
  const script = (item) => `/p/${item.root ? `${item.root.replace(/^\/|\/$/g, '')}/` : ''}package.js`
  const packages = index.packages.map((item) => ({
    name: item.name,
    root: item.root ?? '',
    script: script(item),
  }))
  const home = packages.find(
    (item) => item.root && page.path.startsWith(`${item.root.replace(/^\/|\/$/g, '')}/`),
  )
  const launch = {
    v: 1,
    development: true,
    app: { id: index.app, name: config.name, version: index.version?.name ?? '0.0.0', envVersion: 'develop' },
    launch: { path: page.path, query: page.query, scene: 1001, referrerInfo: {} },
    page,
    config,
    packages,
    system: {
      platform: 'devtools',
      system: 'Linux',
      brand: 'Lodger',
      model: 'desktop',
      language: 'zh_CN',
      theme: session.theme,
      statusBarHeight: 20,
      sdkVersion: '3.6.0',
    },
    storage: { complete: true, items: Object.fromEntries(stored), currentSize: 0, limitSize: 10240 },
  }
  const json = JSON.stringify(launch).replace(/</g, '\\u003c')
  const scripts = ['/p/package.js', ...(home ? [home.script] : [])].map(
    (src) => `<script src="${src}"></script>`,
  )
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"></head><body><script type="application/json" id="lodger-launch">${json}</script><script src="/.lodger/rt/runtime.js"></script>${scripts.join('')}</body></html>`
}

function send(message) {
  session.out.push(message)
  session.waiting?.()
}

function navigate(type, args) {
  const fail = (reason) => ({ err: { errMsg: `${type}:fail ${reason}` } })
  const stack = session.stack
  if (type === 'navigateBack') {
    if (stack.length < 2) return fail('cannot navigate back at first page')
    stack.splice(Math.max(1, stack.length - (args.delta ?? 1)))
  } else {
    const target = splitUrl(args.url, stack.at(-1)?.path)
    if (!program.config.pages.includes(target.path)) return fail(`page "${target.path}" is not found`)
    const page = { id: session.nextId++, ...target }
    if (type === 'navigateTo' && isTab(target.path)) return fail('can not navigateTo a tabbar page')
    if (type === 'navigateTo') stack.push(page)
    else if (type === 'redirectTo') stack.splice(-1, 1, page)
    else if (type === 'reLaunch') {
      session.tabs.clear()
      session.stack = [page]
    } else session.stack = [session.tabs.get(target.path) ?? page]
    if (isTab(target.path) && !session.tabs.has(target.path))
      session.tabs.set(target.path, session.stack.at(-1))
  }
  const alive = [...session.tabs.values()].map((page) => page.id)
  return { ok: { route: { type, stack: session.stack, alive } } }
}

async function answer({ api, args }) {
  const name = api.replace(/Sync$/, '')
  if (['navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack'].includes(name))
    return navigate(name, args)
  if (name === 'getStorage') {
    const data = stored.get(args.key)
    return data === undefined ? { err: { errMsg: 'getStorage:fail data not found' } } : { ok: { data } }
  }
  if (name === 'setStorage') stored.set(args.key, args.data)
  if (name === 'removeStorage') stored.delete(args.key)
  if (name === 'clearStorage') stored.clear()
  if (name === 'getStorageInfo') return { ok: { keys: [...stored.keys()], currentSize: 1, limitSize: 10240 } }
  if (name === 'getNetworkType') return { ok: { networkType: 'wifi' } }
  if (name === 'request') {
    try {
      const { url, method, header, data } = args
      const reply = await fetch(url, { method, headers: header, body: data })
      return {
        ok: {
          statusCode: reply.status,
          header: Object.fromEntries(reply.headers),
          cookies: [],
          data: await reply.text(),
        },
      }
    } catch (error) {
      return { err: { errMsg: `request:fail ${error.message}` } }
    }
  }
  return { ok: {} }
}

async function message(body) {
  const text = JSON.parse(body)
  if (text.doc !== session.doc) return
  if (text.api === 'report') {
    const { kind, ...fields } = text.args
    console.log(
      `[${kind}]`,
      kind === 'console' ? `${fields.level}: ${fields.text}` : (fields.stack ?? JSON.stringify(fields)),
    )
    return
  }
  const result = { id: text.id, ...(await answer(text)) }
  if (text.sync) session.sync.set(text.id, result)
  else send(result)
}

const events = () =>
  new Promise((resolve) => {
    const take = () => {
      session.waiting = null
      resolve(session.out.splice(0))
    }
    if (session.out.length > 0) take()
    else {
      session.waiting = take
      setTimeout(take, 25_000).unref()
    }
  })

const PLACEHOLDER = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://x').pathname)
  const reply = (type, body, status = 200) =>
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
  const json = (value) => reply('application/json', JSON.stringify(value))
  try {
    if (path === '/') {
      response.setHeader(
        'Content-Security-Policy',
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data: blob:; connect-src 'self'; media-src 'self' blob:; base-uri 'none'",
      )
      return reply('text/html; charset=utf-8', startDocument(request))
    }
    if (path === '/.lodger/rt/runtime.js')
      return reply('text/javascript; charset=utf-8', readFileSync(join(root, 'build/runtime.js')))
    if (path === '/.lodger/rt/regions.txt')
      return reply('application/octet-stream', readFileSync(join(root, 'build/regions.txt')))
    if (path === '/.lodger/hello') {
      if (session.hello) return reply('text/plain', 'said already', 403)
      session.hello = true
      return json({ doc: session.doc, inbound: 'http', outbound: 'poll' })
    }
    if (path === '/.lodger/message') {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      await message(Buffer.concat(chunks).toString())
      return reply('text/plain', '')
    }
    if (path === '/.lodger/events') return json(await events())
    if (path.startsWith('/.lodger/sync/')) {
      const id = Number(path.slice(14))
      return json(session.sync.get(id) ?? { err: { errMsg: 'no such call' } })
    }
    if (path.startsWith('/.lodger/fetch/')) {
      if (!process.argv.includes('--online')) return reply('image/png', PLACEHOLDER)
      const remote = await fetch(path.slice(15))
      return reply(
        remote.headers.get('content-type') ?? 'application/octet-stream',
        Buffer.from(await remote.arrayBuffer()),
      )
    }
    // For tests: POST a message for the page, such as {"event":"themeChange","args":{"theme":"dark"}}.
    if (path === '/dev/send') {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      send(JSON.parse(Buffer.concat(chunks).toString()))
      return reply('text/plain', '')
    }
    const file = path.startsWith('/p/') && program.files.get(path.slice(3))
    if (file) return reply(file.mime, program.read(path.slice(3)))
    reply('text/plain', 'not found', 404)
  } catch (error) {
    console.error(error)
    reply('text/plain', String(error), 500)
  }
})
server.listen(port, '127.0.0.1', () =>
  console.log(
    `http://127.0.0.1:${port}/  (bundle ${createHash('sha256')
      .update(readFileSync(join(bundle, 'index.json')))
      .digest('hex')
      .slice(0, 12)})`,
  ),
)
