// Listeners. Those whose event the program can cause are checked for what they get.
const { assert, events, until } = require('../lib/runner.js')

module.exports = [
  ...events('AppShow', 'AppHide', 'Error', 'KeyboardHeightChange', 'MemoryWarning', 'NetworkStatusChange'),
  ...events('PageNotFound', 'ThemeChange', 'UnhandledRejection', 'WindowResize'),
  {
    api: 'onUnhandledRejection',
    name: 'is told',
    async check() {
      const seen = []
      const listener = (event) => seen.push(event)
      wx.onUnhandledRejection(listener)
      const reason = { on: 'purpose' }
      void Promise.reject(reason)
      const { reason: told } = await until(() => seen[0], 'the event')
      assert(told === reason, 'another reason', told)
      wx.offUnhandledRejection(listener)
    },
  },
]
