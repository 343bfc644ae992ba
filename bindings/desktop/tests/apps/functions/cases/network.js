// wx.request. What the server answers is in engines/functions.rs.
const { assert, is, until, wrong } = require('../lib/runner.js')

const at = (path, more) => (t) => ({ url: t.server + path, ...more })
const answer = { statusCode: 200, header: 'Object', cookies: 'Array' }

module.exports = [
  { api: 'request', args: at('/json'), ok: { ...answer, data: { a: 1 } } },
  {
    api: 'request',
    args: at('/json', { dataType: 'text' }),
    ok: { ...answer, data: is('{"a":1}') },
    name: 'as text',
  },
  {
    api: 'request',
    name: 'as bytes',
    args: at('/bytes', { responseType: 'arraybuffer' }),
    ok: { ...answer, data: (data) => data instanceof ArrayBuffer && data.byteLength === 256 },
  },
  {
    api: 'request',
    args: at('/echo', { method: 'POST', data: { a: 1 } }),
    ok: { data: is('POST {"a":1}') },
    name: 'POST',
  },
  { api: 'request', args: {}, fail: wrong('request', 'url', 'String', 'Undefined') },
  { api: 'request', args: { url: 5 }, fail: wrong('request', 'url', 'String', 'Number') },
  { api: 'request', args: at('/json', { method: 5 }), fail: wrong('request', 'method', 'String', 'Number') },
  {
    api: 'request',
    args: at('/json', { header: 'x' }),
    fail: wrong('request', 'header', 'Object', 'String'),
  },
  { api: 'request', args: { url: 'no url' }, fail: /^request:fail / },
  { api: 'request', args: at('/slow', { timeout: 300 }), fail: 'request:fail timeout', errno: 5 },
  {
    api: 'request',
    name: 'abort and headers',
    async check(t) {
      const ended = new Promise((resolve) => {
        const task = wx.request({ url: `${t.server}/slow`, fail: resolve })
        task.abort()
      })
      const { errMsg } = await ended
      assert(errMsg === 'request:fail abort', 'another errMsg', errMsg)
      let head
      const task = wx.request({ url: `${t.server}/json`, success: () => undefined })
      task.onHeadersReceived((result) => (head = result))
      await until(() => head, 'the headers')
      assert(head.statusCode === 200 && head.header, 'no headers', head)
    },
  },
]
