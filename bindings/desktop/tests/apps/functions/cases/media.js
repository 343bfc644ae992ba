// Listeners and old functions of audio. What plays is checked by the program `media`.
const { events, wrong } = require('../lib/runner.js')

module.exports = [
  ...events('AudioInterruptionBegin', 'AudioInterruptionEnd'),
  { api: 'onBackgroundAudioStop', with: [() => undefined], gives: 'Undefined' },
  {
    api: 'playBackgroundAudio',
    args: {},
    fail: wrong('playBackgroundAudio', 'dataUrl', 'String', 'Undefined'),
  },
  { api: 'pauseVoice', args: {}, ok: {} },
  { api: 'stopVoice', args: {}, ok: {} },
]
