// The blocking forms of FileSystemManager, and saved files. What the others do is checked by the program `files`.
const { assert, wrong } = require('../lib/runner.js')

const root = wx.env.USER_DATA_PATH
const path = `${root}/case.txt`
const fs = wx.getFileSystemManager()

/** A row for a blocking method: does it, and looks at the outcome; fails for a file that does not exist. */
const sync = (name, args, outcome, missing = [`${root}/none.txt`]) => [
  {
    api: `FileSystemManager.${name}`,
    async check() {
      fs.writeFileSync(path, 'text', 'utf8')
      const value = fs[name](...args)
      assert(outcome(value), 'another outcome', value)
    },
  },
  {
    api: `FileSystemManager.${name}`,
    name: 'on what does not exist',
    async check() {
      let thrown
      try {
        fs[name](...missing)
      } catch (error) {
        thrown = error
      }
      const text = String(thrown && (thrown.errMsg || thrown.message))
      assert(text.startsWith(`${name}:fail `), 'another error', text)
    },
  },
]
const exists = (file) => {
  try {
    fs.accessSync(file)
    return true
  } catch (error) {
    return false
  }
}
const text = () => fs.readFileSync(path, 'utf8')

module.exports = [
  {
    api: 'FileSystemManager.saveFileSync',
    name: 'takes temporary files only',
    check() {
      fs.writeFileSync(path, 'text', 'utf8')
      let thrown = {}
      try {
        fs.saveFileSync(path, `${root}/saved.txt`)
      } catch (error) {
        thrown = error
      }
      assert(
        thrown.errMsg === 'saveFileSync:fail tempFilePath file not exist',
        'another error',
        thrown.errMsg,
      )
    },
  },
  { api: 'getSavedFileInfo', args: {}, fail: wrong('getSavedFileInfo', 'filePath', 'String', 'Undefined') },
  {
    api: 'getSavedFileInfo',
    args: { filePath: 'wxfile://store/none' },
    fail: 'getSavedFileInfo:fail file not exist',
  },
  ...sync('accessSync', [path], (value) => value === undefined),
  ...sync('appendFileSync', [path, ' more', 'utf8'], () => text() === 'text more', [
    `${root}/none/none.txt`,
    'x',
  ]),
  ...sync('truncateSync', [{ filePath: path, length: 2 }], () => text() === 'te', [
    { filePath: `${root}/none.txt` },
  ]),
  ...sync('renameSync', [path, `${root}/moved.txt`], () => exists(`${root}/moved.txt`) && !exists(path), [
    `${root}/none.txt`,
    `${root}/moved.txt`,
  ]),
  ...sync('unlinkSync', [path], () => !exists(path)),
  ...sync('readdirSync', [root], (list) => list.includes('case.txt'), [`${root}/none`]),
  {
    api: 'FileSystemManager.rmdirSync',
    check() {
      fs.mkdirSync(`${root}/folder`)
      fs.rmdirSync(`${root}/folder`)
      assert(!exists(`${root}/folder`), 'still there')
    },
  },
  {
    api: 'FileSystemManager.fstatSync',
    check() {
      fs.writeFileSync(path, 'text', 'utf8')
      const fd = fs.openSync({ filePath: path, flag: 'r' })
      assert(fs.fstatSync({ fd }).size === 4, 'another size')
      fs.closeSync({ fd })
    },
  },
]
