// Downloads, uploads and requests with progress, against the server whose address the query has.
const fs = wx.getFileSystemManager()
const U = wx.env.USER_DATA_PATH

function check(name, ok, seen) {
  console.log(ok ? `PASS ${name}` : `FAIL ${name}: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`)
}
/** Calls, and gives the end with what the task told before. */
const start = (api, options, listen = () => {}) =>
  new Promise((resolve) => {
    const told = { headers: [], chunks: [], progress: [] }
    const task = wx[api]({ ...options, success: (end) => resolve({ ...told, end }), fail: (end) => resolve({ ...told, end }) })
    task.onHeadersReceived && task.onHeadersReceived((news) => told.headers.push(news))
    task.onChunkReceived && task.onChunkReceived((news) => told.chunks.push(news))
    task.onProgressUpdate && task.onProgressUpdate((news) => told.progress.push(news))
    listen(task)
  })
const none = (api, name) => `${api}:fail parameter error: parameter.${name} should be String instead of Undefined;`

Page({
  onLoad({ base }) {
    this.run(base).catch((error) => check('run', false, String((error && error.stack) || error))).then(() => console.log('DONE'))
  },
  async run(base) {
    await this.downloads(base)
    await this.uploads(base)
    await this.requests(base)
  },
  async downloads(base) {
    check('no url', (await start('downloadFile', {})).end.errMsg === none('downloadFile', 'url'))
    const { headers, progress, end } = await start('downloadFile', { url: `${base}/file.bin` })
    check('download', end.errMsg === 'downloadFile:ok' && end.statusCode === 200 && /^wxfile:\/\/tmp\/.*\.bin$/.test(end.tempFilePath), end)
    check('profile', end.profile.responseEnd >= end.profile.fetchStart && end.profile.receivedBytedCount === 3000000, end.profile)
    check('headers', headers.length === 1 && headers[0].header['content-type'] === 'application/octet-stream', headers)
    const last = progress[progress.length - 1]
    check('progress', progress.length > 3 && last.progress === 100 && last.totalBytesWritten === 3000000 && last.totalBytesExpectedToWrite === 3000000, last)
    check('rising', progress.every(({ progress: now }, at) => at === 0 || now > progress[at - 1].progress))
    const info = await new Promise((success) => fs.getFileInfo({ filePath: end.tempFilePath, digestAlgorithm: 'sha256', success }))
    const expected = await start('request', { url: `${base}/sha256` })
    check('content', info.size === 3000000 && info.digest === expected.end.data, info)
    const saved = fs.saveFileSync(end.tempFilePath)
    check('saved', saved.startsWith('wxfile://store/') && fs.statSync(saved).size === 3000000, saved)
    const list = await new Promise((success) => wx.getSavedFileList({ success }))
    check('listed', list.fileList.some(({ filePath, size }) => filePath === saved && size === 3000000), list)
    await new Promise((complete) => wx.removeSavedFile({ filePath: saved, complete }))
    const gone = await start('downloadFile', { url: `${base}/file.bin`, filePath: `${U}/none/x` })
    check('no folder', gone.end.errMsg === `downloadFile:fail no such file or directory, open ${U}/none/x`, gone.end)
    const named = await start('downloadFile', { url: `${base}/file.bin`, filePath: `${U}/x.bin` })
    check('named', named.end.filePath === `${U}/x.bin` && fs.statSync(`${U}/x.bin`).size === 3000000, named.end)
    const aborted = await start('downloadFile', { url: `${base}/big` }, (task) => task.onProgressUpdate(() => task.abort()))
    check('abort', aborted.end.errMsg === 'downloadFile:fail abort', aborted.end)
    const early = await start('downloadFile', { url: `${base}/big` }, (task) => task.abort())
    check('abort at once', early.end.errMsg === 'downloadFile:fail abort', early.end)
    const bad = await start('downloadFile', { url: 'ftp://x.test/' })
    check('bad url', /^downloadFile:fail invalid url/.test(bad.end.errMsg) && bad.end.errno === 600009, bad.end)
  },
  async uploads(base) {
    check('no name', (await start('uploadFile', { url: base, filePath: 'x' })).end.errMsg === none('uploadFile', 'name'))
    const missing = await start('uploadFile', { url: `${base}/upload`, filePath: `${U}/none`, name: 'f' })
    check('no file', missing.end.errMsg === 'uploadFile:fail file not found', missing.end)
    const { headers, progress, end } = await start('uploadFile', {
      url: `${base}/upload`, filePath: `${U}/x.bin`, name: 'file', formData: { user: 'Zoë', n: 3 }, header: { 'X-A': '1' },
    })
    check('upload', end.statusCode === 200 && end.errMsg === 'uploadFile:ok', end)
    const got = JSON.parse(end.data)
    check('form', got.xa === '1' && got.user && got.n && got.file && got.length > 3000000, got)
    const last = progress[progress.length - 1]
    check('upload progress', progress.length > 3 && last.progress === 100 && last.totalBytesSent === last.totalBytesExpectedToSend, last)
    check('upload headers', headers.length === 1 && headers[0].statusCode === 200, headers)
    const packaged = await start('uploadFile', { url: `${base}/upload`, filePath: '/images/tiny.png', name: 'file' })
    check('package file', JSON.parse(packaged.end.data).png, packaged.end)
  },
  async requests(base) {
    const chunked = await start('request', { url: `${base}/file.bin`, enableChunked: true })
    const total = chunked.chunks.reduce((sum, { data }) => sum + data.byteLength, 0)
    check('chunks', chunked.end.statusCode === 200 && total === 3000000 && chunked.chunks[0].data instanceof ArrayBuffer, total)
    const bytes = Uint8Array.from({ length: 200000 }, (_, at) => at & 255).buffer
    const echoed = await start('request', { url: `${base}/echo`, method: 'POST', data: bytes, responseType: 'arraybuffer' })
    check('bytes', echoed.headers.length === 1 && new Uint8Array(echoed.end.data).every((byte, at) => byte === (at & 255)), echoed.end.statusCode)
    const aborted = await start('request', { url: `${base}/big` }, (task) => task.onHeadersReceived(() => task.abort()))
    check('abort request', aborted.end.errMsg === 'request:fail abort', aborted.end)
  },
})
