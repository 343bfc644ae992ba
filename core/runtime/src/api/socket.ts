// WebSockets: SocketTask, and WeChat's older functions for the one socket that a program had at first. The engine holds
// the connection; here are the listeners, and the order of messages whose bytes are fetched.
import { fromBase64 } from '../bridge/base64'
import { INLINE_TEXT, type Bridge, type Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { failure, hasCallbacks, parameterError, run, settle, typeName, type Options } from './call'
import type { WxEvents } from './events'
import type { Implementations } from './wx'

type State = 0 | 1 | 2 | 3
type Listener = (result: Json) => void
type SocketEvent = 'open' | 'message' | 'error' | 'close'

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** What sockets work on. */
interface Parts {
  bridge: Bridge
  reporter: Reporter
  events: WxEvents
}

/** Adds the functions. */
export function addSockets(own: Implementations, parts: Parts): void {
  const { bridge, reporter, events } = parts
  const sockets = new Map<string, SocketTask>()
  /** The one that the functions without a task mean. */
  let global: SocketTask | undefined
  let count = 0
  bridge.on('socket', (args) => sockets.get(String(args['socket']))?.take(args))
  const current = (api: string): SocketTask => {
    if (!global || global.readyState !== OPEN) throw failure(api, 'WebSocket is not connected')
    return global
  }
  own.set({
    connectSocket: ((given?: unknown) => {
      const options = (given !== null && typeof given === 'object' ? given : {}) as Options
      const name = String((count += 1))
      const task = new SocketTask(name, bridge, reporter, (event, result) => {
        if (event === 'close') sockets.delete(name)
        if (task === global) events.emit(`Socket${event[0]?.toUpperCase()}${event.slice(1)}`, result)
      })
      sockets.set(name, task)
      // WeChat's older functions mean the first socket that is there.
      if (!global || global.readyState === CLOSED) global = task
      const connect = async (): Promise<Json> => {
        const { url, header, protocols, timeout } = options
        await bridge.call('connectSocket', { socket: name, url, header, protocols, timeout }).answer
        return { socketTaskId: Number(name) }
      }
      const rules = { url: 'String', header: 'Object?', protocols: 'Array?', timeout: 'Number?' } as const
      const answer = run('connectSocket', connect, options, rules)
      answer.catch(() => {
        sockets.delete(name)
        task.never()
      })
      if (hasCallbacks(options)) settle('connectSocket', options, answer, reporter)
      return task
    }) as never,
  })
  own.async('sendSocketMessage', (options) => current('sendSocketMessage').sendNow(options.data), {
    data: 'Any',
  })
  own.async('closeSocket', (options) => current('closeSocket').closeNow(options.code, options.reason))
}

/** One socket. */
export class SocketTask {
  readonly CONNECTING = CONNECTING
  readonly OPEN = OPEN
  readonly CLOSING = CLOSING
  readonly CLOSED = CLOSED
  readyState: State = CONNECTING
  readonly #name: string
  readonly #bridge: Bridge
  readonly #reporter: Reporter
  readonly #told: (event: SocketEvent, result: Json) => void
  readonly #listeners: Record<SocketEvent, Listener[]> = { open: [], message: [], error: [], close: [] }
  /** Events wait for the bytes of those before them. */
  #turn: Promise<void> = Promise.resolve()

  constructor(
    name: string,
    bridge: Bridge,
    reporter: Reporter,
    told: (event: SocketEvent, result: Json) => void,
  ) {
    this.#name = name
    this.#bridge = bridge
    this.#reporter = reporter
    this.#told = told
  }

  onOpen(listener: Listener): void {
    this.#listen('open', listener)
  }

  onMessage(listener: Listener): void {
    this.#listen('message', listener)
  }

  onError(listener: Listener): void {
    this.#listen('error', listener)
  }

  onClose(listener: Listener): void {
    this.#listen('close', listener)
  }

  send(given?: unknown): void {
    this.#call('sendSocketMessage', given, (options) => this.sendNow(options['data']))
  }

  close(given?: unknown): void {
    this.#call('closeSocket', given, (options) => this.closeNow(options['code'], options['reason']))
  }

  /** @internal Sends one message; resolves when it has left. */
  async sendNow(data: unknown): Promise<void> {
    const text = typeof data === 'string'
    if (!text && !(data instanceof ArrayBuffer))
      throw new Error(
        `parameter error: parameter.data should be String or ArrayBuffer instead of ${typeName(data)};`,
      )
    if (this.readyState !== OPEN) throw new Error('SocketTask.readyState is not OPEN')
    const wire: Json = { socket: this.#name }
    if (text && data.length <= INLINE_TEXT) wire['data'] = data
    else if (text) Object.assign(wire, { text, blob: this.#bridge.putBlob(new TextEncoder().encode(data)) })
    else wire['blob'] = this.#bridge.putBlob(new Uint8Array(data))
    await this.#bridge.call('sendSocketMessage', wire).answer
  }

  /** @internal Starts the closing. */
  async closeNow(code: unknown = 1000, reason: unknown = ''): Promise<void> {
    const wrong = parameterError({ code, reason }, { code: 'Number', reason: 'String' })
    if (wrong) throw new Error(`parameter error: ${wrong}`)
    if (this.readyState >= CLOSING) throw new Error('SocketTask.readyState is CLOSED')
    const before = this.readyState
    this.readyState = CLOSING
    try {
      await this.#bridge.call('closeSocket', { socket: this.#name, code, reason }).answer
    } catch (error) {
      // A wrong code closes nothing; what had ended meanwhile is told by its own event.
      if (this.readyState === CLOSING) this.readyState = before
      throw error
    }
  }

  /** @internal The engine refused it: there is no socket, and no event. */
  never(): void {
    this.readyState = CLOSED
  }

  /** @internal An event of the engine. */
  take(args: Json): void {
    const bytes = this.#bytes(args)
    this.#turn = this.#turn.then(async () => this.#tell(args, await bytes)).catch(this.#reporter.error)
  }

  /** Fetches at once, so that long messages do not wait for each other. */
  #bytes(args: Json): Promise<ArrayBuffer> | undefined {
    if (typeof args['base64'] === 'string')
      return Promise.resolve(fromBase64(args['base64']).buffer as ArrayBuffer)
    return typeof args['blob'] === 'string' ? this.#bridge.getBlob(args['blob']) : undefined
  }

  #tell(args: Json, bytes: ArrayBuffer | undefined): void {
    switch (args['state']) {
      case 'open':
        if (this.readyState === CONNECTING) this.readyState = OPEN
        return this.#emit('open', { header: args['header'] ?? {} })
      case 'message': {
        const text = args['text'] === true ? new TextDecoder().decode(bytes) : args['data']
        return this.#emit('message', { data: args['text'] !== true && bytes ? bytes : text })
      }
      case 'error':
        return this.#emit('error', { errMsg: String(args['errMsg']) })
      case 'close':
        this.readyState = CLOSED
        return this.#emit('close', { code: args['code'], reason: args['reason'] })
    }
  }

  #emit(event: SocketEvent, result: Json): void {
    for (const listener of this.#listeners[event])
      this.#reporter.guard(`SocketTask.on${event}`, () => listener(result))
    this.#told(event, result)
  }

  #listen(event: SocketEvent, listener: unknown): void {
    if (typeof listener === 'function') this.#listeners[event].push(listener as Listener)
  }

  #call(api: string, given: unknown, work: (options: Options) => Promise<void>): void {
    const options = (given !== null && typeof given === 'object' ? given : {}) as Options
    settle(api, options, run(api, work, options), this.#reporter)
  }
}
