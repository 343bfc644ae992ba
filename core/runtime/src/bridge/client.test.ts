// The bridge client against a stand-in of the engine.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bridge } from './client'
import type { Natives } from './natives'

interface Sent {
  v: number
  doc: string
  seq: number
  id: number
  api: string
  args: Record<string, unknown>
  sync?: boolean
}

/** Browser functions of a page whose engine uses ipc and push. */
function page(answers: Record<string, unknown> = {}) {
  const sent: Sent[] = []
  const requests: { url: string; headers: Record<string, string> }[] = []
  const natives: Natives = {
    fetch: async (url, init) => {
      requests.push({ url, headers: (init?.headers ?? {}) as Record<string, string> })
      if (url === '/.lodger/hello') return Response.json({ doc: 'T', inbound: 'ipc', outbound: 'push' })
      if (url in answers) return answers[url] as Response
      return new Response('', { status: 404 })
    },
    xhr: () => {
      const headers: Record<string, string> = {}
      const request = {
        url: '',
        status: 200,
        responseText: '',
        open: (_: string, url: string) => (request.url = url),
        setRequestHeader: (name: string, value: string) => (headers[name] = value),
        send: () => {
          requests.push({ url: request.url, headers })
          const answer = answers[request.url]
          request.status = answer === undefined ? 404 : 200
          request.responseText = JSON.stringify(answer)
        },
      }
      return request as unknown as XMLHttpRequest
    },
    setTimeout: () => 0,
    random: (bytes) => bytes.fill(7),
    ipc: { postMessage: (text) => void sent.push(JSON.parse(text) as Sent) },
    handler: undefined,
  }
  return { bridge: new Bridge(natives), sent, requests }
}

const failing =
  (reason: RegExp) =>
  (error: unknown): boolean =>
    reason.test((error as { errMsg: string }).errMsg)

test('calls wait for the bridge and are sent in order, numbered from 1', async () => {
  const { bridge, sent } = page()
  void bridge.call('a').answer
  bridge.notify('report', { kind: 'x' })
  assert.equal(sent.length, 0)
  await bridge.open()
  void bridge.call('b', { x: 1 }).answer
  assert.deepEqual(
    sent.map(({ v, doc, seq, id, api }) => [v, doc, seq, id, api]),
    [
      [1, 'T', 1, 1, 'a'],
      [1, 'T', 2, 2, 'report'],
      [1, 'T', 3, 3, 'b'],
    ],
  )
})

test('answers find their calls, whatever their order; unknown ids are ignored', async () => {
  const { bridge } = page()
  await bridge.open()
  const first = bridge.call('a')
  const second = bridge.call('b')
  bridge.receive('{"id":2,"err":{"errMsg":"b:fail no","errno":5}}')
  bridge.receive({ id: 99, ok: {} })
  bridge.receive('{"id":1,"ok":{"x":1}}')
  assert.deepEqual(await first.answer, { x: 1 })
  await assert.rejects(second.answer, { errMsg: 'b:fail no', errno: 5 })
})

test('abort names the call', async () => {
  const { bridge, sent } = page()
  await bridge.open()
  const call = bridge.call('request')
  call.abort()
  assert.deepEqual(sent[1]?.args, { id: 1 })
  assert.equal(sent[1]?.api, 'abort')
})

test('a blocking call marks its message, shows the session header, and throws the engine’s error', async () => {
  const { bridge, sent, requests } = page({
    '/.lodger/sync/1': { ok: { data: 's' } },
    '/.lodger/sync/2': { err: { errMsg: 'getStorageSync:fail' } },
  })
  assert.throws(() => bridge.callSync('early'), failing(/before the bridge/))
  await bridge.open()
  assert.deepEqual(bridge.callSync('getStorageSync', { key: 'k' }), { data: 's' })
  assert.equal(sent[0]?.sync, true)
  assert.deepEqual(requests[1], { url: '/.lodger/sync/1', headers: { 'X-Lodger-Session': 'T' } })
  assert.throws(
    () => bridge.callSync('getStorageSync', { key: 'k' }),
    (error) => (error as { errMsg: string }).errMsg === 'getStorageSync:fail',
  )
})

test('a message that the engine would refuse fails here and leaves no gap', async () => {
  const { bridge, sent } = page()
  await bridge.open()
  await assert.rejects(
    bridge.call('a', { text: 'x'.repeat(1 << 20) }).answer,
    failing(/:fail the data is larger than 1 MiB/),
  )
  await assert.rejects(
    bridge.call('a', { text: '字'.repeat(400_000) }).answer,
    failing(/:fail the data is larger than 1 MiB/),
  )
  let deep: unknown = 1
  for (let level = 0; level < 80; level += 1) deep = [deep]
  await assert.rejects(bridge.call('a', { deep }).answer, failing(/nested too deeply/))
  void bridge.call('b').answer
  assert.deepEqual(
    sent.map(({ seq, api }) => [seq, api]),
    [[1, 'b']],
  )
})

test('half surrogate pairs become the replacement character, other text stays', async () => {
  const { bridge, sent } = page()
  await bridge.open()
  bridge.notify('report', { text: 'a\ud83d', literal: '\\ud83d', whole: '😀' })
  assert.deepEqual(sent[0]?.args, { text: 'a\ufffd', literal: '\\ud83d', whole: '😀' })
})

test('bytes go in chunks of at most 512 KiB of base64, in order, the last one marked', async () => {
  const { bridge, sent } = page()
  await bridge.open()
  const bytes = new Uint8Array(1_000_000).map((_, index) => index)
  const token = bridge.putBlob(bytes)
  assert.match(token, /^[0-9a-f]{32}$/)
  const chunks = sent.map(({ args }) => args as { token: string; seq: number; data: string; last: boolean })
  assert.deepEqual(
    chunks.map(({ token: name, seq, last }) => [name, seq, last]),
    [
      [token, 0, false],
      [token, 1, false],
      [token, 2, true],
    ],
  )
  assert.ok(chunks.every(({ data }) => data.length <= 512 * 1024))
  assert.deepEqual(Buffer.concat(chunks.map(({ data }) => Buffer.from(data, 'base64'))), Buffer.from(bytes))
  sent.length = 0
  bridge.putBlob(new Uint8Array(0))
  assert.equal(sent.length, 1, 'an empty blob is one empty chunk')
})

test('events reach all listeners', async () => {
  const { bridge } = page()
  const got: unknown[] = []
  bridge.on('themeChange', (args) => got.push(args))
  bridge.on('themeChange', () => got.push('again'))
  bridge.receive('{"event":"themeChange","args":{"theme":"dark"}}')
  assert.deepEqual(got, [{ theme: 'dark' }, 'again'])
})
