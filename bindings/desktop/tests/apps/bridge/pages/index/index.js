// Exercises the bridge, and says what came of it in one console line a test.
const call = (name, options) =>
  new Promise((done) => wx[name]({ ...options, success: (ok) => done(ok), fail: (err) => done({ failed: err.errMsg }) }))

/** Bytes that a text encoding would not survive. */
const bytes = (length) => {
  const array = new Uint8Array(length)
  for (let i = 0; i < length; i++) array[i] = (i * 31 + (i >> 8)) & 255
  return array
}
const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])

const TESTS = {
  // Messages are applied in the order in which they were sent, blocking ones too.
  async order() {
    for (let i = 0; i < 200; i++) wx.setStorage({ key: 'order', data: i })
    const last = wx.getStorageSync('order')
    wx.setStorageSync('order', 'sync')
    const { data } = await call('getStorage', { key: 'order' })
    return [last, data]
  },
  async sync() {
    const read = []
    for (let i = 0; i < 50; i++) {
      wx.setStorageSync(`key${i}`, { i, text: '咖啡 \u2028 "quoted" \\' })
      read.push(wx.getStorageSync(`key${i}`).i)
    }
    const { keys } = wx.getStorageInfoSync()
    const same = wx.getStorageSync('key7').text === '咖啡 \u2028 "quoted" \\'
    wx.clearStorageSync()
    return [read.every((value, i) => value === i), keys.length >= 50, same, wx.getStorageInfoSync().keys.length]
  },
  async many({ server }) {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => call('request', { url: `${server}/echo/${i}` })),
    )
    return answers.map((answer, i) => answer.data === `GET /echo/${i}`).every(Boolean)
  },
  async text({ server }) {
    const text = 'é咖\n'.repeat(60000)
    const answer = await call('request', { url: `${server}/body`, method: 'POST', data: text, header: { 'content-type': 'text/plain' } })
    return [answer.statusCode, answer.data === text]
  },
  async binary({ server }) {
    const sent = bytes(1536 * 1024 + 7)
    const answer = await call('request', {
      url: `${server}/body`, method: 'POST', data: sent.buffer, responseType: 'arraybuffer',
      header: { 'content-type': 'application/octet-stream' },
    })
    return [answer.statusCode, answer.data && equal(new Uint8Array(answer.data), sent)]
  },
  async json({ server }) {
    const answer = await call('request', { url: `${server}/json`, data: { a: 1, b: 'x y&z' } })
    return [answer.data, answer.header && Object.keys(answer.header).some((name) => name.toLowerCase() === 'content-type'), answer.cookies]
  },
  // A message above 1 MiB is refused, and the bridge lives on.
  async long() {
    const { failed } = await call('setStorage', { key: 'long', data: 'x'.repeat(2 << 20) })
    wx.setStorageSync('after', 1)
    return [typeof failed, wx.getStorageSync('after')]
  },
  async abort({ server }) {
    return new Promise((done) => {
      const task = wx.request({ url: `${server}/never`, success: () => done('answered'), fail: (err) => done(err.errMsg) })
      task.abort()
    })
  },
  async timeout({ server }) {
    return (await call('request', { url: `${server}/never`, timeout: 300 })).failed
  },
  async unknown() {
    return [typeof wx.noSuchFunction, wx.canIUse('noSuchFunction'), wx.canIUse('request')]
  },
}

Page({
  async onLoad(query) {
    for (const name of Object.keys(TESTS)) {
      let result
      try {
        result = await TESTS[name](query)
      } catch (error) {
        result = `threw ${error && error.message}`
      }
      console.log('bridge ' + JSON.stringify([name, result === undefined ? null : result]))
    }
    console.log('bridge ["done",null]')
  },
})
