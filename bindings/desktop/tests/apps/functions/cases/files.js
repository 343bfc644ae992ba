// Saved files, facts of files, and buffers as addresses.
const { assert, expect, is, wrong } = require('../lib/runner.js')

const root = wx.env.USER_DATA_PATH
const path = `${root}/case.txt`
const fs = wx.getFileSystemManager()
const store = (file) => /^wxfile:\/\/store\/./.test(file)
const write = () => fs.writeFileSync(path, 'text', 'utf8')
const download = async (t) => (await wx.downloadFile({ url: `${t.server}/bytes` })).tempFilePath
const info = { size: 4, digest: is('1cb251ec0d568de6a929b520c4aed8d1') }
const missing = (api, name) => ({ api, args: {}, fail: wrong(api, name, 'String') })
const saved = {}
const save = async (t) =>
  (saved.path = (await wx.saveFile({ tempFilePath: await download(t) })).savedFilePath)
const remove = () => wx.removeSavedFile({ filePath: saved.path })

module.exports = [
  { api: 'getFileSystemManager', with: [], gives: is(fs) },
  missing('saveFile', 'tempFilePath'),
  { api: 'saveFile', args: { tempFilePath: path }, fail: 'saveFile:fail tempFilePath file not exist' },
  {
    api: 'saveFile',
    name: 'a temporary file',
    before: async (t) => (saved.temporary = await download(t)),
    args: () => ({ tempFilePath: saved.temporary }),
    ok: { savedFilePath: (file) => store(file) && (saved.path = file) },
    after: remove,
  },
  {
    api: 'FileSystemManager.saveFile',
    name: 'to a file of its own',
    async check(t) {
      const tempFilePath = await download(t)
      const filePath = `${root}/saved.bin`
      const result = await new Promise((success, fail) =>
        fs.saveFile({ tempFilePath, filePath, success, fail }),
      )
      expect(result, { errMsg: is('saveFile:ok'), savedFilePath: is(filePath) })
      assert(fs.statSync(filePath).size === 256, 'another size')
    },
  },
  {
    api: 'FileSystemManager.saveFileSync',
    name: 'a temporary file',
    async check(t) {
      saved.path = fs.saveFileSync(await download(t))
      assert(store(saved.path), 'another place', saved.path)
      await remove()
    },
  },
  {
    api: 'getSavedFileList',
    before: save,
    args: {},
    ok: {
      fileList: (list) =>
        list.some((item) => item.filePath === saved.path && item.size === 256 && item.createTime > 1e9),
    },
    after: remove,
  },
  missing('getSavedFileInfo', 'filePath'),
  {
    api: 'getSavedFileInfo',
    args: { filePath: 'wxfile://store/none' },
    fail: 'getSavedFileInfo:fail file not exist',
  },
  {
    api: 'getSavedFileInfo',
    before: save,
    args: () => ({ filePath: saved.path }),
    ok: { size: 256, createTime: 'Number' },
    after: remove,
  },
  missing('removeSavedFile', 'filePath'),
  { api: 'removeSavedFile', before: save, args: () => ({ filePath: saved.path }), ok: {} },
  {
    api: 'removeSavedFile',
    args: { filePath: 'wxfile://store/none' },
    fail: 'removeSavedFile:fail file not exist',
  },
  {
    api: 'FileSystemManager.removeSavedFile',
    name: 'one that is there',
    before: save,
    args: () => ({ filePath: saved.path }),
    ok: {},
  },
  missing('getFileInfo', 'filePath'),
  { api: 'getFileInfo', before: write, args: { filePath: path }, ok: info },
  { api: 'getFileInfo', args: { filePath: `${root}/none` }, fail: 'getFileInfo:fail file not exist' },
  {
    api: 'getFileInfo',
    args: { filePath: path, digestAlgorithm: 5 },
    fail: wrong('getFileInfo', 'digestAlgorithm', 'String', 'Number'),
  },
  { api: 'createBufferURL', with: [new Uint8Array([1]).buffer], gives: (url) => /^blob:/.test(url) },
  { api: 'revokeBufferURL', with: () => [wx.createBufferURL(new ArrayBuffer(1))], gives: is(undefined) },
  {
    api: 'createBufferURL',
    name: 'is a picture for a canvas until it is revoked',
    async check() {
      const url = wx.createBufferURL(fs.readFileSync('/media/four.png'))
      const load = () =>
        new Promise((resolve) => {
          const image = wx.createOffscreenCanvas({ type: '2d', width: 2, height: 2 }).createImage()
          image.onload = () => resolve(image.width)
          image.onerror = () => resolve(0)
          image.src = url
        })
      assert((await load()) === 2, 'no picture')
      wx.revokeBufferURL(url)
      assert((await load()) === 0, 'still there')
    },
  },
]
