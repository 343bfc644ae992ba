// wx.request: the engine sends it through the host's HTTP; here are WeChat's parameters and RequestTask.
import { INLINE_TEXT, type Bridge, type Call, type Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { hasCallbacks, run, settle, failure, type Options, type Result } from './call'

type RequestTask = WechatMiniprogram.RequestTask
type Listener = WechatMiniprogram.RequestTaskOnHeadersReceivedCallback

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT'])

/** Makes `wx.request`. */
export function createRequest(bridge: Bridge, reporter: Reporter) {
  return (given?: unknown): RequestTask => {
    const options = (given !== null && typeof given === 'object' ? given : {}) as Options
    let headers: Listener[] = []
    let call: Call | undefined
    let aborted = false
    const send = async (): Promise<Result> => {
      const wire = toWire(options, bridge)
      await Promise.resolve()
      if (aborted) throw failure('request', 'abort')
      call = bridge.call('request', wire)
      const raw = await call.answer
      const header = (raw['header'] ?? {}) as Json
      const head = {
        header,
        statusCode: Number(raw['statusCode']),
        cookies: (raw['cookies'] ?? []) as string[],
      }
      for (const listener of headers) reporter.guard('onHeadersReceived', () => listener(head))
      return { ...head, data: await body(raw, options, bridge) }
    }
    const answer = run('request', send, options, { url: 'String', method: 'String?', header: 'Object?' })
    const task: RequestTask = {
      abort() {
        aborted = true
        call?.abort()
      },
      onHeadersReceived: (listener) => void (headers = [...headers, listener]),
      offHeadersReceived: (listener) =>
        void (headers = listener ? headers.filter((item) => item !== listener) : []),
      // Answers come whole: a program that asks for chunks gets none, and the whole answer at the end.
      onChunkReceived: () => reporter.missing('RequestTask.onChunkReceived'),
      offChunkReceived: () => undefined,
    }
    if (!hasCallbacks(options)) return Object.assign(answer, task)
    settle('request', options, answer, reporter)
    return task
  }
}

/** The arguments of `request` on the wire. */
export function toWire(options: Options, bridge: Pick<Bridge, 'putBlob'>): Json {
  const method = String(options['method'] ?? 'GET').toUpperCase()
  const header = lowerHeaders((options['header'] ?? {}) as Json)
  header['content-type'] ??= 'application/json'
  const wire: Json = { url: withScheme(String(options['url'])), method, header }
  if (typeof options['timeout'] === 'number') wire['timeout'] = options['timeout']
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

function withScheme(url: string): string {
  return url.startsWith('//') ? `https:${url}` : url
}

function lowerHeaders(header: Json): Record<string, string> {
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

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

async function body(raw: Json, options: Options, bridge: Bridge): Promise<unknown> {
  const wantsBytes = options['responseType'] === 'arraybuffer'
  const bytes = typeof raw['blob'] === 'string' ? await bridge.getBlob(raw['blob']) : undefined
  if (wantsBytes) return bytes ?? new TextEncoder().encode(String(raw['data'] ?? '')).buffer
  const text = bytes ? new TextDecoder().decode(bytes) : String(raw['data'] ?? '')
  if (options['dataType'] !== undefined && options['dataType'] !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
