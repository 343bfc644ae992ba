// WebSockets: SocketTask, and the older functions for the one socket. The server is engines/sockets.rs.
const { assert, expect, is, methods, until, wrong } = require('../lib/runner.js')

const open = []
const echo = (more) => (t) => ({
  url: `${t.sockets}/echo`,
  header: { 'x-mine': 'yes' },
  protocols: ['chat'],
  ...more,
})

/** A socket that is open; all are closed by `leave`. */
async function connect(t) {
  const task = wx.connectSocket(echo()(t))
  open.push(task)
  await until(() => task.readyState === task.OPEN, 'the connection')
  return task
}
async function leave() {
  for (const task of open) if (task.readyState < task.CLOSING) task.close({})
  await until(() => open.every(({ readyState, CLOSED }) => readyState === CLOSED), 'the end of all sockets')
  open.length = 0
}
const closed = (api) => `${api}:fail WebSocket is not connected`
const text = 'String or ArrayBuffer'
const bad = (args, fail, errno) => ({ api: 'connectSocket', callbackOnly: true, args, fail, errno })
const listener = (api) => ({ api, with: [() => undefined], gives: is(undefined) })
const call = (on, name, options) =>
  new Promise((resolve) => on[name]({ ...options, success: resolve, fail: resolve }))

module.exports = [
  bad({}, wrong('connectSocket', 'url', 'String')),
  bad({ url: 5 }, wrong('connectSocket', 'url', 'String', 'Number')),
  bad(echo({ header: 'x' }), wrong('connectSocket', 'header', 'Object', 'String')),
  bad(echo({ protocols: 'chat' }), wrong('connectSocket', 'protocols', 'Array', 'String')),
  bad(echo({ timeout: '9' }), wrong('connectSocket', 'timeout', 'Number', 'String')),
  bad({ url: 'https://x.test/' }, 'connectSocket:fail invalid url: url must start with wss://', 600009),
  { api: 'sendSocketMessage', args: { data: 'x' }, fail: closed('sendSocketMessage') },
  { api: 'closeSocket', args: {}, fail: closed('closeSocket') },
  {
    api: 'connectSocket',
    name: 'and its task',
    async check(t) {
      let answer
      const task = wx.connectSocket({ ...echo()(t), success: (result) => (answer = result) })
      expect(task, methods('send', 'close', 'onOpen', 'onMessage', 'onError', 'onClose'))
      expect(task, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3, readyState: 0 })
      let [head, end] = []
      const messages = []
      task.onOpen((result) => (head = result))
      task.onMessage(({ data }) => messages.push(data))
      task.onClose((result) => (end = result))
      const early = await call(task, 'send', { data: 'x' })
      assert(/^sendSocketMessage:fail /.test(early.errMsg), 'sent before it was open', early)
      await until(() => head && answer, 'the connection')
      expect(answer, { errMsg: is('connectSocket:ok'), socketTaskId: 'Number' })
      expect(head.header, { 'sec-websocket-protocol': is('chat') })
      expect(await call(task, 'send', { data: 'text' }), { errMsg: is('sendSocketMessage:ok') })
      expect(await call(task, 'send', { data: new Uint8Array([1, 2]).buffer }), {
        errMsg: is('sendSocketMessage:ok'),
      })
      await until(() => messages.length === 2, 'the echo')
      assert(messages[0] === 'text', 'another text', messages[0])
      assert(messages[1] instanceof ArrayBuffer && new Uint8Array(messages[1])[1] === 2, 'other bytes')
      expect(await call(task, 'send', {}), { errMsg: is(wrong('sendSocketMessage', 'data', text)) })
      expect(await call(task, 'close', { code: '1' }), {
        errMsg: is(wrong('closeSocket', 'code', 'Number', 'String')),
      })
      expect(await call(task, 'close', { code: 3001, reason: 'enough' }), { errMsg: is('closeSocket:ok') })
      expect(await until(() => end, 'the end'), { code: 3001, reason: is('enough') })
      assert(task.readyState === task.CLOSED, 'not closed')
      expect(await call(task, 'close', {}), { errMsg: /^closeSocket:fail /.test.bind(/^closeSocket:fail /) })
    },
  },
  {
    api: 'connectSocket',
    name: 'refused by the server',
    async check(t) {
      const error = await new Promise((resolve) =>
        wx.connectSocket({ url: `${t.sockets}/none` }).onError(resolve),
      )
      expect(error, { errMsg: is('Unexpected response code: 404') })
    },
  },
  {
    api: 'connectSocket',
    name: 'five at once',
    async check(t) {
      for (let count = 0; count < 5; count += 1) await connect(t)
      const sixth = await call(wx, 'connectSocket', echo()(t))
      await leave()
      assert(/^connectSocket:fail more than 5 sockets/.test(sixth.errMsg), 'a sixth', sixth)
    },
  },
  { api: 'sendSocketMessage', before: connect, args: { data: 'x' }, ok: {}, after: leave },
  {
    api: 'sendSocketMessage',
    before: connect,
    args: {},
    fail: wrong('sendSocketMessage', 'data', text),
    after: leave,
  },
  { api: 'closeSocket', before: connect, args: {}, ok: {}, after: leave },
  {
    api: 'closeSocket',
    before: connect,
    args: { code: '1' },
    fail: wrong('closeSocket', 'code', 'Number', 'String'),
    after: leave,
  },
  ...['onSocketOpen', 'onSocketMessage', 'onSocketError', 'onSocketClose'].map(listener),
  {
    api: 'onSocketMessage',
    name: 'and its kin are told',
    async check(t) {
      const told = []
      wx.onSocketOpen((result) => told.push(['open', result]))
      wx.onSocketMessage((result) => told.push(['message', result]))
      wx.onSocketClose((result) => told.push(['close', result]))
      await connect(t)
      await wx.sendSocketMessage({ data: 'x' })
      await until(() => told.length === 2, 'the echo')
      await wx.closeSocket({ code: 1000, reason: 'done' })
      await until(() => told.length === 3, 'the end')
      await leave()
      expect(told, {
        0: { 0: is('open'), 1: { header: 'Object' } },
        1: { 0: is('message'), 1: { data: is('x') } },
        2: { 0: is('close'), 1: { code: 1000, reason: is('done') } },
      })
      const error = new Promise((resolve) => wx.onSocketError(resolve))
      wx.connectSocket({ url: `${t.sockets}/none` })
      expect(await error, { errMsg: is('Unexpected response code: 404') })
    },
  },
]
