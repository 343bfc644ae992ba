// FileSystemManager: every method by callback, and in its blocking form.
//
// `table` has [method, arguments, end]: the end is what follows `method:`, or fields that the result must have, or null
// for anything. Its rows run in order, first all by callback, then all blocking; each begins with an empty folder.
const { assert, expect, is, methods, wrong } = require('../lib/runner.js')

const U = wx.env.USER_DATA_PATH
const D = `${U}/t`
const fs = wx.getFileSystemManager()
const none = (name, type = 'String') =>
  `fail parameter error: parameter.${name} should be ${type} instead of Undefined;`
const buffer = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0)).buffer

/** Arguments of blocking forms; those that are not here take one object. */
const POSITIONAL = {
  access: ['path'],
  appendFile: ['filePath', 'data', 'encoding'],
  copyFile: ['srcPath', 'destPath'],
  mkdir: ['dirPath', 'recursive'],
  readFile: ['filePath', 'encoding', 'position', 'length'],
  readdir: ['dirPath'],
  rename: ['oldPath', 'newPath'],
  rmdir: ['dirPath', 'recursive'],
  stat: ['path', 'recursive'],
  unlink: ['filePath'],
  writeFile: ['filePath', 'data', 'encoding'],
  saveFile: ['tempFilePath', 'filePath'],
}
/** The field of the result that the blocking form returns. */
const VALUE = { readFile: 'data', readdir: 'files' }

const table = [
  ['rmdir', { dirPath: D, recursive: true }, null],
  ['mkdir', {}, none('dirPath')],
  ['mkdir', { dirPath: `${D}/a/b` }, `fail no such file or directory ${D}/a/b`],
  ['mkdir', { dirPath: `${D}/a/b`, recursive: true }, 'ok'],
  ['mkdir', { dirPath: `${D}/a/b` }, `fail file already exists ${D}/a/b`],
  ['mkdir', { dirPath: '/media/x' }, 'fail permission denied, open /media/x'],
  ['mkdir', { dirPath: `${U}/../x` }, `fail permission denied, open ${U}/../x`],
  ['access', {}, none('path')],
  ['access', { path: `${D}/a` }, 'ok'],
  ['access', { path: '/media/four.png' }, 'ok'],
  ['access', { path: `${D}/none` }, `fail no such file or directory ${D}/none`],
  ['writeFile', {}, none('filePath')],
  ['writeFile', { filePath: `${D}/x` }, none('data')],
  [
    'writeFile',
    { filePath: `${D}/x`, data: 7 },
    'fail parameter error: parameter.data should be String instead of Number;',
  ],
  ['writeFile', { filePath: `${D}/none/x`, data: 'x' }, `fail no such file or directory, open ${D}/none/x`],
  ['writeFile', { filePath: D, data: 'x' }, `fail illegal operation on a directory, open ${D}`],
  ['writeFile', { filePath: '/media/four.png', data: 'x' }, 'fail permission denied, open /media/four.png'],
  ['writeFile', { filePath: 'wxfile://tmp/x', data: 'x' }, 'fail permission denied, open wxfile://tmp/x'],
  ['writeFile', { filePath: `${D}/x`, data: 'é', encoding: 'klingon' }, 'fail invalid encoding klingon'],
  ['writeFile', { filePath: `${D}/x`, data: 'data:x', encoding: 'base64' }, 'fail base64 encode error'],
  ['writeFile', { filePath: `${D}/x`, data: 'aGVsbG8=', encoding: 'base64' }, 'ok'],
  ['readFile', { filePath: `${D}/x`, encoding: 'utf8' }, { data: 'hello' }],
  ['readFile', { filePath: `${D}/x`, encoding: 'hex', position: 1, length: 2 }, { data: '656c' }],
  ['readFile', { filePath: `${D}/x`, position: 9 }, 'fail value of position is out of range'],
  ['readFile', { filePath: `${D}/x`, length: 9 }, 'fail value of length is out of range'],
  ['readFile', { filePath: `${D}/none` }, `fail no such file or directory, open ${D}/none`],
  ['readFile', { filePath: D }, `fail illegal operation on a directory, open ${D}`],
  ['readFile', {}, none('filePath')],
  ['appendFile', { filePath: `${D}/x`, data: buffer(' you') }, 'ok'],
  ['appendFile', { filePath: `${D}/none`, data: 'x' }, `fail no such file or directory, open ${D}/none`],
  ['readFile', { filePath: `${D}/x`, encoding: 'ascii' }, { data: 'hello you' }],
  ['writeFile', { filePath: `${D}/咖 啡.txt`, data: '咖\u{1F375}', encoding: 'utf16le' }, 'ok'],
  ['readFile', { filePath: `${D}/咖 啡.txt`, encoding: 'ucs2' }, { data: '咖\u{1F375}' }],
  ['copyFile', { srcPath: `${D}/x`, destPath: `${D}/a/y` }, 'ok'],
  [
    'copyFile',
    { srcPath: `${D}/none`, destPath: `${D}/y` },
    `fail no such file or directory, copyFile ${D}/none -> ${D}/y`,
  ],
  ['copyFile', { srcPath: `${D}/x`, destPath: '/y' }, `fail permission denied, copyFile ${D}/x -> /y`],
  ['copyFile', { srcPath: '/media/four.png', destPath: `${D}/tiny.png` }, 'ok'],
  ['rename', { oldPath: `${D}/a/y`, newPath: `${D}/z` }, 'ok'],
  [
    'rename',
    { oldPath: `${D}/none`, newPath: `${D}/y` },
    `fail no such file or directory, rename ${D}/none -> ${D}/y`,
  ],
  ['rename', { oldPath: `${D}/z` }, none('newPath')],
  ['readdir', { dirPath: D }, { files: ['a', 'tiny.png', 'x', 'z', '咖 啡.txt'] }],
  ['readdir', { dirPath: `${D}/x` }, `fail not a directory ${D}/x`],
  ['readdir', { dirPath: `${D}/none` }, `fail no such file or directory ${D}/none`],
  ['readdir', { dirPath: 'media' }, { files: ['clip.webm', 'four.png', 'noise.wav', 'tone.wav'] }],
  ['stat', { path: `${D}/none` }, `fail no such file or directory ${D}/none`],
  ['stat', {}, none('path')],
  ['truncate', { filePath: `${D}/x`, length: 3 }, 'ok'],
  ['truncate', { filePath: `${D}/none` }, `fail no such file or directory, open ${D}/none`],
  ['readFile', { filePath: `${D}/x`, encoding: 'utf-8' }, { data: 'hel' }],
  ['open', {}, none('filePath')],
  ['open', { filePath: `${D}/none` }, `fail no such file or directory, open ${D}/none`],
  ['open', { filePath: `${D}/x`, flag: 'q' }, 'fail invalid flag'],
  ['open', { filePath: `${D}/x`, flag: 'wx' }, `fail file already exists, open ${D}/x`],
  ['close', { fd: '99999' }, 'fail bad file descriptor'],
  ['close', {}, none('fd')],
  ['fstat', { fd: 'x' }, 'fail bad file descriptor'],
  ['ftruncate', { fd: '99999', length: 1 }, 'fail bad file descriptor'],
  ['read', { fd: '99999', arrayBuffer: new ArrayBuffer(4), length: 4 }, 'fail bad file descriptor'],
  ['read', { fd: '1' }, none('arrayBuffer', 'ArrayBuffer')],
  ['read', { fd: '1', arrayBuffer: new ArrayBuffer(4), length: 5 }, 'fail value of length is out of range'],
  ['read', { fd: '1', arrayBuffer: new ArrayBuffer(4), offset: 5 }, 'fail value of offset is out of range'],
  ['write', { fd: '99999', data: 'x' }, 'fail bad file descriptor'],
  ['write', { fd: '99999' }, none('data')],
  ['unlink', { filePath: `${D}/z` }, 'ok'],
  ['unlink', { filePath: `${D}/z` }, `fail no such file or directory ${D}/z`],
  ['unlink', { filePath: `${D}/a` }, `fail operation not permitted, unlink ${D}/a`],
  ['unlink', { filePath: 'media/four.png' }, 'fail permission denied, open media/four.png'],
  ['rmdir', { dirPath: `${D}/none` }, `fail no such file or directory ${D}/none`],
  ['rmdir', { dirPath: `${D}/x` }, `fail not a directory ${D}/x`],
  ['rmdir', { dirPath: D }, 'fail directory not empty'],
  ['rmdir', { dirPath: `${D}/a/b` }, 'ok'],
  ['saveFile', {}, none('tempFilePath')],
  ['saveFile', { tempFilePath: 'wxfile://tmp/none' }, 'fail tempFilePath file not exist'],
]

function byCallback([method, args, end]) {
  const api = `FileSystemManager.${method}`
  if (end === null) return { api, check: () => new Promise((complete) => fs[method]({ ...args, complete })) }
  if (typeof end === 'string' && end !== 'ok') return { api, args, fail: `${method}:${end}` }
  return {
    api,
    args,
    ok: end === 'ok' ? {} : Object.fromEntries(Object.entries(end).map(([k, v]) => [k, is(v)])),
  }
}

function blocking([method, args, end]) {
  const api = `FileSystemManager.${method}Sync`
  const list = POSITIONAL[method] ? POSITIONAL[method].map((name) => args[name]) : [args]
  if (end === null) {
    const check = () => {
      try {
        fs[`${method}Sync`](...list)
      } catch (error) {
        assert(
          error instanceof Error && error.errMsg.startsWith(`${method}Sync:fail `),
          'no error of WeChat',
          error,
        )
      }
    }
    return { api, check }
  }
  if (typeof end === 'string' && end !== 'ok') return { api, with: list, throws: `${method}Sync:${end}` }
  return { api, with: list, gives: is(end === 'ok' ? undefined : end[VALUE[method]]) }
}

/** A row for a method by callback and one for its blocking form, done by the same `work(call)`. */
const both = (method, name, work) => [
  {
    api: `FileSystemManager.${method}`,
    name,
    check: () => work((args) => new Promise((success, fail) => fs[method]({ ...args, success, fail }))),
  },
  {
    api: `FileSystemManager.${method}Sync`,
    name,
    check: () => work(async (args) => fs[`${method}Sync`](args)),
  },
]
const filled = (path, text = 'text') => {
  fs.writeFileSync(path, text, 'utf8')
  return path
}
const text = (path) => fs.readFileSync(path, 'utf8')
/** Does `work` with a file that is open. */
async function opened(flag, work) {
  const filePath = filled(`${D}/fd`, '0123456789')
  const fd = fs.openSync({ filePath, flag })
  try {
    await work(fd, filePath)
  } finally {
    fs.closeSync({ fd })
  }
}
const stats = {
  size: 4,
  mode: 'Number',
  lastModifiedTime: (time) => time > 1e9,
  lastAccessedTime: (time) => time > 1e9,
  ...methods('isFile', 'isDirectory'),
}

const descriptors = [
  ...both('open', 'gives a descriptor', async (call) => {
    const given = await call({ filePath: filled(`${D}/fd`), flag: 'r' })
    const fd = given.fd || given
    assert(typeof fd === 'string', 'no text', fd)
    fs.closeSync({ fd })
  }),
  ...both('close', 'ends a descriptor', async (call) => {
    const fd = fs.openSync({ filePath: filled(`${D}/fd`), flag: 'r' })
    await call({ fd })
    let thrown
    try {
      fs.fstatSync({ fd })
    } catch (error) {
      thrown = error
    }
    expect(thrown, { errMsg: is('fstatSync:fail bad file descriptor') })
  }),
  ...both('read', 'a part into a part', (call) =>
    opened('r', async (fd) => {
      const arrayBuffer = new ArrayBuffer(8)
      expect(await call({ fd, arrayBuffer, offset: 1, length: 4, position: 2 }), {
        bytesRead: 4,
        arrayBuffer: 'ArrayBuffer',
      })
      assert([...new Uint8Array(arrayBuffer)].join() === '0,50,51,52,53,0,0,0', 'other bytes')
    }),
  ),
  ...both('read', 'from a descriptor for writing', (call) =>
    opened('a', async (fd) => {
      const error = await call({ fd, arrayBuffer: new ArrayBuffer(1), length: 1 }).catch((thrown) => thrown)
      expect(error, { errno: 1300009 })
    }),
  ),
  ...both('write', 'text, and a part of a buffer', (call) =>
    opened('r+', async (fd, filePath) => {
      expect(await call({ fd, data: 'ab', position: 1 }), { bytesWritten: 2 })
      expect(await call({ fd, data: buffer('..XY.'), offset: 2, length: 2, position: 5 }), {
        bytesWritten: 2,
      })
      assert(text(filePath) === '0ab34XY789', 'another text', text(filePath))
    }),
  ),
  ...both('fstat', 'an open file', (call) =>
    opened('r', async (fd) => {
      const given = await call({ fd })
      expect(given.stats || given, { ...stats, size: 10 })
    }),
  ),
  ...both('ftruncate', 'an open file', (call) =>
    opened('r+', async (fd, filePath) => {
      await call({ fd, length: 3 })
      assert(text(filePath) === '012', 'another text', text(filePath))
    }),
  ),
]

const sha1 = '372ea08cab33e71c02c651dbc83a474d32c676ea'
const md5 = '1cb251ec0d568de6a929b520c4aed8d1'
// a.txt "hi" (stored) and d/b.txt "deep" (deflated), by Python's zipfile.
const archive =
  'UEsDBBQAAAAAAAAAIQCsKpPYAgAAAAIAAAAFAAAAYS50eHRoaVBLAwQUAAAACAAAACEA/KmCEgoAAADIAAAABwAAAGQvYi50eHRLSU0tUEgZ+gQAUEsBAhQDFAAAAAAAAAAhAKwqk9gCAAAAAgAAAAUAAAAAAAAAAAAAAIABAAAAAGEudHh0UEsBAhQDFAAAAAgAAAAhAPypghIKAAAAyAAAAAcAAAAAAAAAAAAAAIABJQAAAGQvYi50eHRQSwUGAAAAAAIAAgBoAAAAVAAAAAAA'
const zip = `${D}/z.zip`
const pack = () => fs.writeFileSync(zip, archive, 'base64')

const others = [
  { api: 'FileSystemManager.stat', before: () => filled(`${D}/s`), args: { path: `${D}/s` }, ok: { stats } },
  {
    api: 'FileSystemManager.stat',
    name: 'of a folder and what is in it',
    args: { path: D, recursive: true },
    ok: { stats: (list) => list.some((item) => item.path === '/s' && item.stats.size === 4) },
  },
  {
    api: 'FileSystemManager.statSync',
    with: [D],
    gives: { isDirectory: (is) => is.call({}) === true, mode: 'Number' },
  },
  {
    api: 'FileSystemManager.getFileInfo',
    before: () => filled(`${D}/s`),
    args: { filePath: `${D}/s` },
    ok: { size: 4, digest: is(md5) },
  },
  {
    api: 'FileSystemManager.getFileInfo',
    args: { filePath: `${D}/s`, digestAlgorithm: 'sha1' },
    ok: { size: 4, digest: is(sha1) },
  },
  { api: 'FileSystemManager.getFileInfo', args: {}, fail: wrong('getFileInfo', 'filePath', 'String') },
  {
    api: 'FileSystemManager.getFileInfo',
    args: { filePath: `${D}/none` },
    fail: 'getFileInfo:fail file not exist',
  },
  { api: 'FileSystemManager.getSavedFileList', args: {}, ok: { fileList: 'Array' } },
  {
    api: 'FileSystemManager.removeSavedFile',
    args: {},
    fail: wrong('removeSavedFile', 'filePath', 'String'),
  },
  {
    api: 'FileSystemManager.removeSavedFile',
    args: { filePath: 'wxfile://store/none' },
    fail: 'removeSavedFile:fail file not exist',
  },
  {
    api: 'FileSystemManager.unzip',
    before: pack,
    args: { zipFilePath: zip, targetPath: `${D}/out` },
    ok: {},
    after: () =>
      assert(text(`${D}/out/a.txt`) === 'hi' && text(`${D}/out/d/b.txt`).startsWith('deep'), 'other files'),
  },
  { api: 'FileSystemManager.unzip', args: { targetPath: D }, fail: wrong('unzip', 'zipFilePath', 'String') },
  {
    api: 'FileSystemManager.unzip',
    args: { zipFilePath: zip },
    fail: wrong('unzip', 'targetPath', 'String'),
  },
  {
    api: 'FileSystemManager.unzip',
    name: 'no archive',
    args: { zipFilePath: `${D}/s`, targetPath: `${D}/out` },
    fail: 'unzip:fail unzip fail: the file is not a ZIP archive, or it is damaged',
    errno: 1301104,
  },
  {
    api: 'FileSystemManager.readZipEntry',
    before: pack,
    args: { filePath: zip, entries: 'all', encoding: 'utf8' },
    ok: {
      entries: { 'a.txt': { data: is('hi'), errMsg: is('readZipEntry:ok') }, 'd/b.txt': { data: 'String' } },
    },
  },
  {
    api: 'FileSystemManager.readZipEntry',
    name: 'some entries',
    before: pack,
    args: { filePath: zip, entries: [{ path: 'a.txt' }, { path: 'no' }] },
    ok: {
      entries: {
        'a.txt': { data: (data) => data instanceof ArrayBuffer && data.byteLength === 2 },
        no: { errMsg: (errMsg) => errMsg.startsWith('readZipEntry:fail ') },
      },
    },
  },
  { api: 'FileSystemManager.readZipEntry', args: {}, fail: wrong('readZipEntry', 'filePath', 'String') },
  {
    api: 'FileSystemManager.readZipEntry',
    args: { filePath: zip, entries: 5 },
    fail: 'readZipEntry:fail parameter error: parameter.entries should be Array or "all";',
  },
]

/** What no browser unpacks fails, and says so. */
const brotli = {
  api: 'FileSystemManager.readFile',
  name: 'readCompressedFile does not work, and canIUse knows',
  async check() {
    const error = await new Promise((fail) => fs.readCompressedFile({ filePath: zip, fail }))
    expect(error, { errMsg: (errMsg) => errMsg.startsWith('readCompressedFile:fail not supported') })
    assert(wx.canIUse('FileSystemManager.readFile'), 'canIUse denies readFile')
    assert(!wx.canIUse('FileSystemManager.readCompressedFile'), 'canIUse promises readCompressedFile')
  },
}

const empty = {
  api: 'FileSystemManager.rmdirSync',
  name: 'clears the place',
  check() {
    if (fs.readdirSync(U).includes('t')) fs.rmdirSync(D, true)
    fs.mkdirSync(D)
  },
}

module.exports = [...table.map(byCallback), ...table.map(blocking), empty, ...descriptors, ...others, brotli]
