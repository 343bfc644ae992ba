// Long contents, and a file of the program's own as a picture. Each method has its rows in the program `functions`.
const fs = wx.getFileSystemManager()
const U = wx.env.USER_DATA_PATH

function check(name, ok, seen) {
  console.log(ok ? `PASS ${name}` : `FAIL ${name}: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`)
}
const call = (api, options) =>
  new Promise((resolve) => fs[api]({ ...options, success: resolve, fail: resolve }))

Page({
  data: { picture: '' },
  onReady() {
    this.run().catch((error) => check('run', false, String((error && error.stack) || error)))
  },
  loaded() { console.log('PASS picture'); console.log('DONE') },
  broken({ detail }) { console.log(`FAIL picture: ${detail.errMsg}`); console.log('DONE') },
  async run() {
    fs.mkdirSync(`${U}/t`, true)
    await this.big()
    const path = `${U}/咖 啡/a%b.png`
    fs.mkdirSync(`${U}/咖 啡`, true)
    fs.copyFileSync('/images/tiny.png', path)
    this.setData({ picture: path })
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
})
