// wx.downloadFile, wx.uploadFile and their tasks. What the server answers is in engines/functions.rs.
const { assert, expect, is, methods, until, wrong } = require('../lib/runner.js')

const root = wx.env.USER_DATA_PATH
const fs = wx.getFileSystemManager()
const at = (path, more) => (t) => ({ url: t.server + path, ...more })
const profile = { fetchStart: 'Number', responseEnd: 'Number' }
const temporary = (path) => /^wxfile:\/\/tmp\/./.test(path)
const up = (path, more) => at(path, { filePath: `${root}/up.txt`, name: 'file', ...more })
const write = () => fs.writeFileSync(`${root}/up.txt`, 'content', 'utf8')

/** Parameters that are wrong in either. */
const bad = (api, good) => [
  { api, args: { ...good }, fail: wrong(api, 'url', 'String') },
  { api, args: { ...good, url: 5 }, fail: wrong(api, 'url', 'String', 'Number') },
  { api, args: at('/bytes', { ...good, header: 'x' }), fail: wrong(api, 'header', 'Object', 'String') },
  { api, args: at('/bytes', { ...good, timeout: '9' }), fail: wrong(api, 'timeout', 'Number', 'String') },
  { api, args: { ...good, url: 'no url' }, fail: new RegExp(`^${api}:fail invalid url`), errno: 600009 },
  {
    api,
    args: { ...good, url: 'ftp://x.test/' },
    fail: new RegExp(`^${api}:fail invalid url`),
    errno: 600009,
  },
  { api, args: at('/slow', { ...good, timeout: 300 }), fail: `${api}:fail timeout`, errno: 5 },
]

/** The methods of a task: headers, progress, and abort. */
const task = (api, args, steps) => ({
  api,
  name: 'and its task',
  async check(t) {
    write()
    const options = args(t)
    let [head, unheard] = [undefined, false]
    const progress = []
    const ended = new Promise((success, fail) => {
      const running = wx[api]({ ...options, success, fail })
      expect(
        running,
        methods('abort', 'onHeadersReceived', 'offHeadersReceived', 'onProgressUpdate', 'offProgressUpdate'),
      )
      const never = () => (unheard = true)
      running.onHeadersReceived(never)
      running.offHeadersReceived(never)
      running.onProgressUpdate(never)
      running.offProgressUpdate(never)
      running.onHeadersReceived((result) => (head = result))
      running.onProgressUpdate((step) => progress.push(step))
    })
    await ended
    await until(() => head && progress.length > 0, 'headers and progress')
    assert(!unheard, 'a listener was told that had been taken away')
    expect(head, { header: 'Object' })
    for (const step of progress) expect(step, { progress: 'Number', ...steps })
    expect(progress[progress.length - 1], { progress: 100 })
    const error = await new Promise((fail) => wx[api]({ ...options, url: `${t.server}/slow`, fail }).abort())
    assert(error.errMsg === `${api}:fail abort`, 'another errMsg', error)
  },
})

module.exports = [
  { api: 'preDownloadSubpackage', args: { packageType: 'normal', name: 'afterwards' } },
  { api: 'preDownloadSubpackage', args: { packageType: 'normal', name: 'later' }, name: 'by its root' },
  {
    api: 'preDownloadSubpackage',
    args: { packageType: 'normal', name: 'nowhere' },
    fail: 'preDownloadSubpackage:fail subpackage "nowhere" is not found',
  },
  {
    api: 'preDownloadSubpackage',
    args: { name: 'later' },
    fail: wrong('preDownloadSubpackage', 'packageType', 'String'),
  },
  {
    api: 'downloadFile',
    args: at('/bytes'),
    ok: { statusCode: 200, tempFilePath: temporary, profile, header: 'Object', dataLength: 256 },
  },
  {
    api: 'downloadFile',
    name: 'to a file of its own',
    args: at('/bytes', { filePath: `${root}/down.bin` }),
    ok: { statusCode: 200, filePath: is(`${root}/down.bin`) },
    after: () => assert(fs.statSync(`${root}/down.bin`).size === 256, 'another size'),
  },
  {
    api: 'downloadFile',
    args: at('/bytes', { filePath: `${root}/none/x` }),
    fail: `downloadFile:fail no such file or directory, open ${root}/none/x`,
  },
  {
    api: 'downloadFile',
    args: at('/bytes', { filePath: 5 }),
    fail: wrong('downloadFile', 'filePath', 'String', 'Number'),
  },
  ...bad('downloadFile', {}),
  task('downloadFile', at('/bytes'), { totalBytesWritten: 'Number', totalBytesExpectedToWrite: 256 }),
  {
    api: 'uploadFile',
    before: write,
    args: up('/echo', { formData: { n: 3, user: 'Zoë' }, header: { 'x-a': '1' } }),
    ok: {
      statusCode: 200,
      profile,
      data: (data) =>
        data.startsWith('POST --') &&
        data.includes('name="n"\r\n\r\n3\r\n') &&
        data.includes('name="user"\r\n\r\nZoë\r\n') &&
        data.includes('name="file"; filename="up.txt"') &&
        data.includes('\r\n\r\ncontent\r\n'),
    },
  },
  {
    api: 'uploadFile',
    args: up('/echo', { filePath: undefined }),
    fail: wrong('uploadFile', 'filePath', 'String'),
  },
  {
    api: 'uploadFile',
    args: up('/echo', { name: 5 }),
    fail: wrong('uploadFile', 'name', 'String', 'Number'),
  },
  {
    api: 'uploadFile',
    args: up('/echo', { formData: 'x' }),
    fail: wrong('uploadFile', 'formData', 'Object', 'String'),
  },
  {
    api: 'uploadFile',
    args: up('/echo', { filePath: `${root}/none` }),
    fail: 'uploadFile:fail file not found',
  },
  ...bad('uploadFile', { filePath: `${root}/up.txt`, name: 'file' }),
  task('uploadFile', up('/echo'), { totalBytesSent: 'Number', totalBytesExpectedToSend: 'Number' }),
  {
    api: 'request',
    name: 'and its task',
    async check(t) {
      const chunks = []
      await new Promise((success, fail) => {
        const running = wx.request({ url: `${t.server}/bytes`, enableChunked: true, success, fail })
        expect(
          running,
          methods('abort', 'onHeadersReceived', 'offHeadersReceived', 'onChunkReceived', 'offChunkReceived'),
        )
        running.onChunkReceived(({ data }) => chunks.push(data))
      })
      const sum = chunks.reduce((bytes, data) => bytes + data.byteLength, 0)
      assert(sum === 256 && chunks[0] instanceof ArrayBuffer, 'other chunks', sum)
    },
  },
]
