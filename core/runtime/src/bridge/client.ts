// The page's end of the bridge: numbers the messages, matches answers to calls, hands events out. The session token
// stays in this module's closures; nothing of it is reachable from a program.
import { toBase64 } from './base64'
import type { Natives } from './natives'
import {
  asError,
  awaitPort,
  handlerInbound,
  httpInbound,
  ipcInbound,
  poll,
  portInbound,
  SESSION_HEADER,
  type Inbound,
} from './transport'

/** Arguments and answers: JSON objects. */
export type Json = Record<string, unknown>

/** Why a call failed, as the engine put it into WeChat's words. */
export interface CallError {
  errMsg: string
  errno?: number
}

/** A call under way. */
export interface Call {
  /** Its number: events about it carry it. */
  id: number
  /** Resolves with the `ok` object, rejects with a {@link CallError}. */
  answer: Promise<Json>
  /** Asks the engine to give the call up; the answer then is a failure. */
  abort(): void
}

interface Hello {
  doc: string
  inbound: 'ipc' | 'port' | 'handler' | 'http'
  outbound: 'poll' | 'push'
}

interface Pending {
  api: string
  resolve(ok: Json): void
  reject(error: CallError): void
}

// Taken at load: a program that replaces JSON.stringify must not see the token.
const { parse, stringify } = JSON

/** Texts longer than this go as a blob: a message must stay under 1 MiB with all its escapes. */
export const INLINE_TEXT = 128 * 1024

/** 512 KiB of base64 (the engine's limit for one chunk) in bytes before encoding. */
const CHUNK = (512 * 1024 * 3) / 4

export class Bridge {
  readonly #natives: Natives
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<string, ((args: Json) => void)[]>()
  #queue: { api: string; args: Json; id: number }[] = []
  #inbound: Inbound | undefined
  #token = ''
  #seq = 0
  #id = 0
  #port: Promise<MessagePort> | undefined

  /** `window` is given on a platform that may hand over a port; it is listened to from now on. */
  constructor(natives: Natives, window?: Window) {
    this.#natives = natives
    if (window) this.#port = awaitPort(window)
  }

  /** Says hello, chooses the transports, sends what was queued. Fails if the engine refuses the document. */
  async open(): Promise<void> {
    const answer = await this.#natives.fetch('/.lodger/hello', { cache: 'no-store' })
    if (!answer.ok)
      throw new Error(`The engine refused this document (HTTP ${answer.status}); reload the program.`)
    const hello = (await answer.json()) as Hello
    this.#token = hello.doc
    this.#inbound = await this.#choose(hello)
    const queued = this.#queue
    this.#queue = []
    for (const { api, args, id } of queued) this.#post(api, args, id)
    if (hello.outbound === 'poll')
      void poll(
        this.#natives,
        this.#token,
        (message) => this.receive(message),
        () => false,
      )
  }

  async #choose(hello: Hello): Promise<Inbound> {
    switch (hello.inbound) {
      case 'ipc':
        return ipcInbound(this.#natives)
      case 'handler':
        return handlerInbound(this.#natives)
      case 'http':
        return httpInbound(this.#natives, this.#token)
      case 'port': {
        if (!this.#port) throw new Error('The host announced a port but this document never listens for one.')
        return portInbound(await this.#port, (text) => this.receive(text))
      }
    }
  }

  /** Calls the engine. Calls made before the bridge is open wait for it. */
  call(api: string, args: Json = {}): Call {
    const id = ++this.#id
    const answer = new Promise<Json>((resolve, reject) => this.#pending.set(id, { api, resolve, reject }))
    this.#send(api, args, id)
    return { id, answer, abort: () => this.notify('abort', { id }) }
  }

  /** Tells the engine something; nobody waits for the answer. */
  notify(api: string, args: Json): void {
    this.#send(api, args, ++this.#id)
  }

  /** Calls the engine and blocks the page until it has answered. Throws a {@link CallError}. */
  callSync(api: string, args: Json = {}): Json {
    const inbound = this.#inbound
    if (!inbound)
      throw { errMsg: `${api}:fail called before the bridge to the host was open` } satisfies CallError
    const id = ++this.#id
    try {
      const text = this.#encode(api, args, id, true)
      if (inbound.postSync) inbound.postSync(text)
      else inbound.post(text, () => undefined)
    } catch (error) {
      throw { errMsg: `${api}:fail ${asError(error).message}` } satisfies CallError
    }
    const request = this.#natives.xhr()
    request.open('GET', `/.lodger/sync/${id}`, false)
    request.setRequestHeader(SESSION_HEADER, this.#token)
    request.send()
    if (request.status !== 200) {
      throw { errMsg: `${api}:fail the host gave no answer (HTTP ${request.status})` } satisfies CallError
    }
    const answer = parse(request.responseText) as { ok?: Json; err?: CallError }
    if (answer.err) throw answer.err
    return answer.ok ?? {}
  }

  /** Hands bytes to the engine in chunks; the returned token names them in the arguments of one later call. */
  putBlob(bytes: Uint8Array): string {
    const random = this.#natives.random(new Uint8Array(16))
    const token = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK))
    for (let seq = 0; seq < chunks; seq += 1) {
      const data = toBase64(bytes.subarray(seq * CHUNK, (seq + 1) * CHUNK))
      this.notify('blobPut', { token, seq, data, last: seq === chunks - 1 })
    }
    return token
  }

  /** Fetches bytes that the engine announced. Works once for a token. */
  async getBlob(token: string): Promise<ArrayBuffer> {
    const answer = await this.#natives.fetch(`/.lodger/blob/${encodeURIComponent(token)}`, {
      headers: { [SESSION_HEADER]: this.#token },
      cache: 'no-store',
    })
    if (!answer.ok) throw new Error(`the host has no such data any more (HTTP ${answer.status})`)
    return answer.arrayBuffer()
  }

  /** As {@link getBlob}, and blocks the page until the bytes are there. */
  getBlobSync(token: string): Uint8Array {
    const request = this.#natives.xhr()
    request.open('GET', `/.lodger/blob/${encodeURIComponent(token)}`, false)
    request.setRequestHeader(SESSION_HEADER, this.#token)
    // A blocking request gives text only: this charset has a character for each byte.
    request.overrideMimeType('text/plain; charset=x-user-defined')
    request.send()
    if (request.status !== 200) throw new Error(`the host has no such data any more (HTTP ${request.status})`)
    return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff)
  }

  /** Listens to an event of the engine. */
  on(event: string, listener: (args: Json) => void): void {
    const list = this.#listeners.get(event)
    if (list) list.push(listener)
    else this.#listeners.set(event, [listener])
  }

  /** Takes one message of the engine: text, or what a transport has already parsed. */
  receive(message: unknown): void {
    const value = (typeof message === 'string' ? parse(message) : message) as {
      id?: number
      ok?: Json
      err?: CallError
      event?: string
      args?: Json
    }
    if (typeof value.event === 'string') {
      for (const listener of this.#listeners.get(value.event) ?? []) listener(value.args ?? {})
      return
    }
    if (typeof value.id !== 'number') return
    const pending = this.#pending.get(value.id)
    if (!pending) return
    this.#pending.delete(value.id)
    if (value.err) pending.reject(value.err)
    else pending.resolve(value.ok ?? {})
  }

  #send(api: string, args: Json, id: number): void {
    if (this.#inbound) this.#post(api, args, id)
    else this.#queue.push({ api, args, id })
  }

  #post(api: string, args: Json, id: number): void {
    const failed = (reason: string): void => {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      pending?.reject({ errMsg: `${api}:fail ${reason}` })
    }
    const lost = (error: Error): void => failed(`the host could not be reached: ${error.message}`)
    let text: string
    try {
      text = this.#encode(api, args, id, false)
    } catch (error) {
      return failed(asError(error).message)
    }
    try {
      this.#inbound?.post(text, lost)
    } catch (error) {
      lost(asError(error))
    }
  }

  #encode(api: string, args: Json, id: number, sync: boolean): string {
    const seq = this.#seq + 1
    const message = { v: 1, doc: this.#token, seq, id, api, args }
    const text = wellFormed(stringify(sync ? { ...message, sync: true } : message))
    // Refused here and not by the engine: a refused message would leave a gap in `seq`.
    if (tooLong(text)) throw new Error('the data is larger than 1 MiB')
    if (tooDeep(args, MAX_DEPTH)) throw new Error('the data is nested too deeply')
    this.#seq = seq
    return text
  }
}

const MAX_MESSAGE = 1 << 20
/** The engine's limit is 64 for the whole message. */
const MAX_DEPTH = 60

/** Half a surrogate pair is not Unicode; JSON.stringify escapes it, and the engine would refuse the message. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json
  return json.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, half?: string) =>
    half ? '\\ufffd' : escape,
  )
}

function tooLong(text: string): boolean {
  if (text.length * 3 <= MAX_MESSAGE) return false
  return text.length > MAX_MESSAGE || new TextEncoder().encode(text).length > MAX_MESSAGE
}

function tooDeep(value: unknown, left: number): boolean {
  if (value === null || typeof value !== 'object') return false
  if (left === 0) return true
  for (const item of Object.values(value)) if (tooDeep(item, left - 1)) return true
  return false
}
