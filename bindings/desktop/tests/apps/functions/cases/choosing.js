// Choosers open only for a person who taps. What comes of it is in chosen.js.
const { wrong } = require('../lib/runner.js')

const untapped = (api, args) => ({
  api,
  args,
  fail: `${api}:fail it can only be called when the user taps: call it right in the tap handler`,
})

module.exports = [
  untapped('chooseImage', {}),
  untapped('chooseVideo', {}),
  untapped('chooseMedia', {}),
  untapped('chooseMessageFile', { count: 1 }),
  { api: 'chooseMessageFile', args: {}, fail: wrong('chooseMessageFile', 'count', 'Number') },
  {
    api: 'chooseMessageFile',
    args: { count: '1' },
    fail: wrong('chooseMessageFile', 'count', 'Number', 'String'),
  },
]
