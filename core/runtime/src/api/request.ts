// wx.request: the engine sends it through the host's HTTP; here are WeChat's parameters and RequestTask.
import { INLINE_TEXT, type Bridge, type Json } from '../bridge/client'
import type { Options } from './call'
import { bytesOf } from './encoding'
import type { TaskKind } from './task'

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT'])

/** `wx.request`. */
export function request(bridge: Bridge): TaskKind {
  return {
    name: 'request',
    rules: { url: 'String', method: 'String?', header: 'Object?' },
    wire: (options) => toWire(options, bridge),
    async result(answer, options) {
      const { statusCode, header, cookies, profile } = answer
      return { statusCode, header, cookies, profile, data: await body(answer, options, bridge) }
    },
  }
}

/** The arguments of `request` on the wire. */
export function toWire(options: Options, bridge: Pick<Bridge, 'putBlob'>): Json {
  const method = String(options['method'] ?? 'GET').toUpperCase()
  const header = lowerHeaders((options['header'] ?? {}) as Json)
  header['content-type'] ??= 'application/json'
  const wire: Json = { url: withScheme(String(options['url'])), method, header }
  if (typeof options['timeout'] === 'number') wire['timeout'] = options['timeout']
  if (options['enableChunked'] === true) wire['enableChunked'] = true
  if (options['responseType'] === 'arraybuffer') wire['responseType'] = 'arraybuffer'
  const data = options['data']
  if (data === undefined || data === null) return wire
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
    wire['blob'] = bridge.putBlob(bytesOf(data))
    return wire
  }
  if (BODILESS.has(method) && method !== 'DELETE') {
    if (typeof data === 'object') wire['url'] = withQuery(wire['url'] as string, data as Json)
    return wire
  }
  const text = bodyText(data, String(header['content-type']))
  if (text.length > INLINE_TEXT) wire['blob'] = bridge.putBlob(new TextEncoder().encode(text))
  else wire['data'] = text
  return wire
}

/** WeChat takes `//host/path` as https. */
export function withScheme(url: string): string {
  return url.startsWith('//') ? `https:${url}` : url
}

/** Header names in lower case, values as texts. */
export function lowerHeaders(header: Json): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(header)) {
    if (value !== undefined && value !== null) out[name.toLowerCase()] = String(value)
  }
  return out
}

function bodyText(data: unknown, type: string): string {
  if (typeof data === 'string') return data
  if (/x-www-form-urlencoded/i.test(type) && typeof data === 'object') return queryString(data as Json)
  return JSON.stringify(data) ?? ''
}

/** Adds `data` to a URL's query; names that the URL has already are replaced, as WeChat does. */
export function withQuery(url: string, data: Json): string {
  const [whole = '', hash] = url.split('#', 2)
  const [base = '', old = ''] = whole.split('?', 2)
  const names = new Set(Object.keys(data))
  const kept = old.split('&').filter((pair) => pair !== '' && !names.has(decodeName(pair)))
  const query = [...kept, queryString(data)].filter(Boolean).join('&')
  return base + (query ? `?${query}` : '') + (hash === undefined ? '' : `#${hash}`)
}

function decodeName(pair: string): string {
  const name = pair.split('=', 1)[0] ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function queryString(data: Json): string {
  return Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(plain(value))}`)
    .join('&')
}

function plain(value: unknown): string {
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The answer's text, wherever it is. */
export async function textOf(raw: Json, bridge: Bridge): Promise<string> {
  if (typeof raw['blob'] !== 'string') return String(raw['data'] ?? '')
  return new TextDecoder().decode(await bridge.getBlob(raw['blob']))
}

async function body(raw: Json, options: Options, bridge: Bridge): Promise<unknown> {
  if (options['responseType'] === 'arraybuffer') {
    if (typeof raw['blob'] === 'string') return bridge.getBlob(raw['blob'])
    return new TextEncoder().encode(String(raw['data'] ?? '')).buffer
  }
  const text = await textOf(raw, bridge)
  if (options['dataType'] !== undefined && options['dataType'] !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
