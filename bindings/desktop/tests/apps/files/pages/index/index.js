const { rows, positional, objects } = require('./table.js')
const fs = wx.getFileSystemManager()
const U = wx.env.USER_DATA_PATH

function check(name, ok, seen) {
  console.log(ok ? `PASS ${name}` : `FAIL ${name}: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`)
}
const call = (api, options = {}, on = fs) =>
  new Promise((resolve) => on[api]({ ...options, success: resolve, fail: resolve }))
const sha = 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'

/** Whether what came is what the row says. */
function fits(method, end, got) {
  if (end === null) return true
  if (typeof end === 'string') return got.errMsg === `${method}:${end}`
  return Object.keys(end).every((key) => JSON.stringify(got[key]) === JSON.stringify(end[key]))
}

Page({
  data: { picture: '' },
  onReady() {
    this.run().catch((error) => check('run', false, String((error && error.stack) || error)))
  },
  loaded() { console.log('PASS picture'); console.log('DONE') },
  broken({ detail }) { console.log(`FAIL picture: ${detail.errMsg}`); console.log('DONE') },
  async run() {
    for (const [method, args, end] of rows) {
      const got = await call(method, args)
      check(`${method} ${JSON.stringify(args)}`, fits(method, end, got), got)
    }
    for (const [method, args, end] of rows) this.blocking(method, args, end)
    await this.descriptors()
    await this.others()
    await this.big()
    await this.zip()
    const path = `${U}/咖 啡/a%b.png`
    fs.mkdirSync(`${U}/咖 啡`, true)
    fs.copyFileSync('/images/tiny.png', path)
    this.setData({ picture: `${U}/t/tiny.png` })
  },
  blocking(method, args, end) {
    const name = `${method}Sync`
    const value = { readFile: 'data', readdir: 'files' }[method]
    let got = {}
    try {
      const result = objects.includes(method) ? fs[name](args) : fs[name](...positional[method].map((key) => args[key]))
      got = { errMsg: `${name}:ok`, [value]: result }
    } catch (error) {
      got = { errMsg: error.errMsg, thrown: error instanceof Error }
    }
    check(`${name} ${JSON.stringify(args)}`, fits(name, end, got) && got.thrown !== false, got)
  },
  async descriptors() {
    const filePath = `${U}/t/fd`
    const { fd } = await call('open', { filePath, flag: 'w+' })
    check('open', typeof fd === 'string', fd)
    const written = await call('write', { fd, data: '0123456789' })
    check('write', written.bytesWritten === 10 && written.errMsg === 'write:ok', written)
    fs.writeSync({ fd, data: Uint8Array.from([1, 2, 65, 66, 5]).buffer, offset: 2, length: 2, position: 3 })
    const arrayBuffer = new ArrayBuffer(8)
    const read = await call('read', { fd, arrayBuffer, offset: 1, length: 4, position: 2 })
    check('read', read.bytesRead === 4 && [...new Uint8Array(arrayBuffer)].join() === '0,50,65,66,53,0,0,0', [...new Uint8Array(arrayBuffer)])
    fs.ftruncateSync({ fd, length: 6 })
    const { stats } = await call('fstat', { fd })
    check('fstat', stats.size === 6 && stats.isFile() && !stats.isDirectory() && stats.lastModifiedTime > 1e9, stats)
    fs.closeSync({ fd })
    check('closed', (await call('read', { fd, arrayBuffer, length: 1 })).errMsg === 'read:fail bad file descriptor')
    const appended = fs.openSync({ filePath, flag: 'a' })
    fs.writeSync({ fd: appended, data: '!', position: 0 })
    check('append', fs.readFileSync(filePath, 'utf8') === '012AB5!', fs.readFileSync(filePath, 'utf8'))
    check('write only', (await call('read', { fd: appended, arrayBuffer, length: 1 })).errno === 1300009)
    const packaged = fs.openSync({ filePath: '/images/tiny.png' })
    check('package', fs.readSync({ fd: packaged, arrayBuffer, length: 4 }).bytesRead === 4)
    const all = await call('stat', { path: `${U}/t`, recursive: true })
    check('stat recursive', all.stats.some(({ path, stats }) => path === '/fd' && stats.size === 7), all)
    check('stat folder', fs.statSync(`${U}/t`).isDirectory())
  },
  async others() {
    const filePath = `${U}/t/hello`
    fs.writeFileSync(filePath, 'hello')
    const info = await call('getFileInfo', { filePath, digestAlgorithm: 'sha1' })
    check('sha1', info.size === 5 && info.digest === sha, info)
    const md5 = await call('getFileInfo', { filePath }, wx)
    check('md5', md5.digest === '5d41402abc4b2a76b9719d911017c592' && md5.errMsg === 'getFileInfo:ok', md5)
    check('no file', (await call('getFileInfo', { filePath: `${U}/no` })).errMsg === 'getFileInfo:fail file not exist')
    const list = await call('getSavedFileList', {}, wx)
    check('saved list', Array.isArray(list.fileList) && list.errMsg === 'getSavedFileList:ok', list)
    const removed = await call('removeSavedFile', { filePath: 'wxfile://store/none' }, wx)
    check('remove saved', removed.errMsg === 'removeSavedFile:fail file not exist', removed)
    const saved = await call('saveFile', {}, wx)
    check('wx.saveFile', saved.errMsg.startsWith('saveFile:fail parameter error: parameter.tempFilePath'), saved)
    check('canIUse', wx.canIUse('FileSystemManager.readFile') && !wx.canIUse('FileSystemManager.readCompressedFile'))
    check('no brotli', /^readCompressedFile:fail not supported/.test((await call('readCompressedFile', { filePath })).errMsg))
    const url = wx.createBufferURL(new Uint8Array([1]).buffer)
    check('createBufferURL', /^blob:/.test(url), url)
    wx.revokeBufferURL(url)
  },
  async big() {
    const bytes = Uint8Array.from({ length: 700000 }, (_, at) => (at * 7) & 255)
    const filePath = `${U}/t/big`
    check('write big', (await call('writeFile', { filePath, data: bytes.buffer })).errMsg === 'writeFile:ok')
    const same = (data) => data.byteLength === bytes.length && new Uint8Array(data).every((byte, at) => byte === bytes[at])
    check('read big', same((await call('readFile', { filePath })).data))
    fs.writeFileSync(filePath, bytes.buffer)
    check('read big blocking', same(fs.readFileSync(filePath)))
    check('part', new Uint8Array(fs.readFileSync(filePath, undefined, 699999, 1))[0] === bytes[699999])
  },
  async zip() {
    // a.txt "hi" (stored) and d/b.txt "deep" (deflated), by Python's zipfile.
    const archive = 'UEsDBBQAAAAAAAAAIQCsKpPYAgAAAAIAAAAFAAAAYS50eHRoaVBLAwQUAAAACAAAACEA/KmCEgoAAADIAAAABwAAAGQvYi50eHRLSU0tUEgZ+gQAUEsBAhQDFAAAAAAAAAAhAKwqk9gCAAAAAgAAAAUAAAAAAAAAAAAAAIABAAAAAGEudHh0UEsBAhQDFAAAAAgAAAAhAPypghIKAAAAyAAAAAcAAAAAAAAAAAAAAIABJQAAAGQvYi50eHRQSwUGAAAAAAIAAgBoAAAAVAAAAAAA'
    fs.writeFileSync(`${U}/t/z.zip`, archive, 'base64')
    const all = await call('readZipEntry', { filePath: `${U}/t/z.zip`, entries: 'all', encoding: 'utf8' })
    check('readZipEntry', all.entries['a.txt'].data === 'hi' && all.entries['d/b.txt'].data.startsWith('deep'), all)
    const some = await call('readZipEntry', { filePath: `${U}/t/z.zip`, entries: [{ path: 'a.txt' }, { path: 'no' }] })
    check('entries', some.entries['a.txt'].data.byteLength === 2 && /fail/.test(some.entries['no'].errMsg), some)
    const unzipped = await call('unzip', { zipFilePath: `${U}/t/z.zip`, targetPath: `${U}/t/out` })
    check('unzip', unzipped.errMsg === 'unzip:ok' && fs.readFileSync(`${U}/t/out/d/b.txt`, 'utf8').startsWith('deep'), unzipped)
    const bad = await call('unzip', { zipFilePath: `${U}/t/hello`, targetPath: `${U}/t/out` })
    check('no zip', bad.errno === 1301104, bad)
  },
})
