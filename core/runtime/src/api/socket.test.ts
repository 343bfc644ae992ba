// SocketTask over a bridge of the test's own: states, order, and failures.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bridge, Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { SocketTask } from './socket'

const reporter = {
  guard: (_: string, run: () => unknown) => run(),
  error: (error: unknown) => assert.fail(String(error)),
} as unknown as Reporter

function socket(fail = false): { task: SocketTask; calls: [string, Json][]; told: unknown[] } {
  const calls: [string, Json][] = []
  const bridge = {
    call: (api: string, args: Json) => {
      calls.push([api, args])
      const failed = { errMsg: `${api}:fail the socket is not open` }
      return { answer: fail ? Promise.reject(failed) : Promise.resolve({}), abort: () => undefined }
    },
    putBlob: (bytes: Uint8Array) => `blob of ${bytes.length}`,
    // The long message is there later than the short one after it.
    getBlob: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return new Uint8Array([1, 2]).buffer
    },
  } as unknown as Bridge
  const told: unknown[] = []
  const task = new SocketTask('1', bridge, reporter, () => undefined)
  task.onOpen((result) => told.push(['open', result]))
  task.onMessage(({ data }) => told.push(['message', data instanceof ArrayBuffer ? data.byteLength : data]))
  task.onError((result) => told.push(['error', result]))
  task.onClose((result) => told.push(['close', result, task.readyState]))
  return { task, calls, told }
}

const ended = (task: SocketTask): Promise<void> => new Promise((resolve) => task.onClose(() => resolve()))

test('messages keep their order, also when the bytes of one come late', async () => {
  const { task, told } = socket()
  const end = ended(task)
  task.take({ state: 'open', header: { a: 'b' } })
  task.take({ state: 'message', blob: 'long' })
  task.take({ state: 'message', data: 'short' })
  task.take({ state: 'message', base64: 'AAEC' })
  task.take({ state: 'error', errMsg: 'broken' })
  task.take({ state: 'close', code: 1006, reason: '' })
  await end
  assert.deepEqual(told, [
    ['open', { header: { a: 'b' } }],
    ['message', 2],
    ['message', 'short'],
    ['message', 3],
    ['error', { errMsg: 'broken' }],
    ['close', { code: 1006, reason: '' }, task.CLOSED],
  ])
})

test('only an open socket sends, and only texts and bytes', async () => {
  const { task, calls } = socket()
  await assert.rejects(task.sendNow('early'), /readyState is not OPEN/)
  task.take({ state: 'open', header: {} })
  await Promise.resolve().then(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  await assert.rejects(task.sendNow({}), /should be String or ArrayBuffer instead of Object/)
  await task.sendNow('text')
  await task.sendNow(new Uint8Array(3).buffer)
  await task.sendNow('x'.repeat(200_000))
  assert.deepEqual(
    calls.map(([, args]) => args),
    [
      { socket: '1', data: 'text' },
      { socket: '1', blob: 'blob of 3' },
      { socket: '1', text: true, blob: 'blob of 200000' },
    ],
  )
})

test('a refused close leaves the socket as it was', async () => {
  const { task } = socket(true)
  await assert.rejects(task.closeNow('x'), /parameter.code should be Number/)
  await assert.rejects(task.closeNow(1), { errMsg: 'closeSocket:fail the socket is not open' })
  assert.equal(task.readyState, task.CONNECTING)
})
