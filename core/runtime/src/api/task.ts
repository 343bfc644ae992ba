// What `request`, `downloadFile`, `uploadFile` and `preDownloadSubpackage` return: a task with listeners, fed by the engine's `task` events.
import { fromBase64 } from '../bridge/base64'
import type { Bridge, Call, Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { failure, hasCallbacks, run, settle, type Options, type ParameterRules, type Result } from './call'

type Listener = (news: never) => void

/** One kind of news, with its listeners. */
class Listeners {
  #list: Listener[] = []

  readonly on = (listener: Listener): void => {
    if (typeof listener === 'function') this.#list = [...this.#list, listener]
  }

  readonly off = (listener?: Listener): void => {
    this.#list = listener ? this.#list.filter((item) => item !== listener) : []
  }

  tell(reporter: Reporter, name: string, news: unknown): void {
    for (const listener of this.#list) reporter.guard(name, () => listener(news as never))
  }
}

interface Step {
  done: number
  total: number
  progress: number
}

interface TaskNews {
  id: number
  headers?: Json
  chunk?: string
  received?: Step
  sent?: Step
}

/** How one function uses its task. */
export interface TaskKind {
  name: 'request' | 'downloadFile' | 'uploadFile' | 'preDownloadSubpackage'
  rules: ParameterRules
  /** The arguments on the wire. */
  wire(options: Options): Json
  /** The result, of the engine's answer. */
  result(answer: Json, options: Options): Promise<Result> | Result
}

/** Everything that any of the three tasks has. */
export type AnyTask = WechatMiniprogram.RequestTask &
  WechatMiniprogram.DownloadTask &
  WechatMiniprogram.UploadTask

/** Makes such functions; one for each bridge. */
export function taskMaker(bridge: Bridge, reporter: Reporter) {
  const running = new Map<number, (news: TaskNews) => void>()
  bridge.on('task', (news) => running.get(Number(news['id']))?.(news as unknown as TaskNews))
  return (kind: TaskKind) => {
    const { name } = kind
    return (given?: unknown): AnyTask => {
      const options = (given !== null && typeof given === 'object' ? given : {}) as Options
      const [headers, chunks, progress] = [new Listeners(), new Listeners(), new Listeners()]
      let call: Call | undefined
      let aborted = false
      const hear = (news: TaskNews): void => {
        if (news.headers) headers.tell(reporter, `${name} onHeadersReceived`, news.headers)
        if (news.chunk !== undefined)
          chunks.tell(reporter, `${name} onChunkReceived`, { data: fromBase64(news.chunk).buffer })
        if (news.received) progress.tell(reporter, `${name} onProgressUpdate`, received(news.received))
        if (news.sent) progress.tell(reporter, `${name} onProgressUpdate`, sent(news.sent))
      }
      const send = async (): Promise<Result> => {
        const wire = kind.wire(options)
        // The program adds its listeners after this function returns.
        await Promise.resolve()
        if (aborted) throw failure(name, 'abort')
        call = bridge.call(name, wire)
        running.set(call.id, hear)
        try {
          return await kind.result(await call.answer, options)
        } finally {
          running.delete(call.id)
        }
      }
      const answer = run(name, send, options, kind.rules)
      const task: AnyTask = {
        abort() {
          aborted = true
          call?.abort()
        },
        onHeadersReceived: headers.on,
        offHeadersReceived: headers.off,
        onChunkReceived: chunks.on,
        offChunkReceived: chunks.off,
        onProgressUpdate: progress.on,
        offProgressUpdate: progress.off,
      }
      if (!hasCallbacks(options)) return Object.assign(answer, task)
      settle(name, options, answer, reporter)
      return task
    }
  }
}

const received = ({ done, total, progress }: Step) => ({
  progress,
  totalBytesWritten: done,
  totalBytesExpectedToWrite: total,
})

const sent = ({ done, total, progress }: Step) => ({
  progress,
  totalBytesSent: done,
  totalBytesExpectedToSend: total,
})
