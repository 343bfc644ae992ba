// Sounds: contexts, the background, recordings. Playing to the end and what the system shows are in the program `media`.
const { assert, events, expect, is, methods, until, wrong } = require('../lib/runner.js')

const tone = '/media/tone.wav'
const both = (...names) => names.flatMap((name) => [`on${name}`, `off${name}`])
const EVENTS = [
  'Canplay',
  'Play',
  'Pause',
  'Stop',
  'Ended',
  'TimeUpdate',
  'Error',
  'Waiting',
  'Seeking',
  'Seeked',
]
const CONTROLS = ['play', 'pause', 'stop', 'seek']
const STATE = { duration: 'Number', currentTime: 'Number', paused: 'Boolean', buffered: 'Number' }
const next = (context, name) => new Promise((resolve) => context[`on${name}`](resolve))
const wait = (on, work) => {
  const told = new Promise(on)
  return Promise.resolve(work()).then(() => told)
}
const manager = () => wx.getBackgroundAudioManager()
/** The background plays: a browser wants a tap before. */
const playing = async (t) => {
  await t.tapped()
  const played = next(manager(), 'Play')
  await wx.playBackgroundAudio({ dataUrl: tone, title: 'Tone' })
  await played
}
const silence = () => wx.stopBackgroundAudio()

module.exports = [
  ...events('AudioInterruptionBegin', 'AudioInterruptionEnd'),
  {
    api: 'createInnerAudioContext',
    name: 'and its methods',
    async check(t) {
      await t.tapped()
      const audio = wx.createInnerAudioContext()
      expect(audio, { ...methods(...CONTROLS, 'destroy', ...both(...EVENTS)), ...STATE })
      expect(audio, {
        src: is(''),
        startTime: 0,
        autoplay: false,
        loop: false,
        obeyMuteSwitch: true,
        volume: 1,
        playbackRate: 1,
        referrerPolicy: is('no-referrer'),
      })
      const ready = next(audio, 'Canplay')
      audio.src = tone
      await ready
      assert(Math.abs(audio.duration - 2) < 0.1, 'another duration', audio.duration)
      for (const [name, work] of [
        ['Play', () => audio.play()],
        ['Pause', () => audio.pause()],
        ['Seeked', () => audio.seek(1)],
        ['Stop', () => audio.stop()],
      ]) {
        const told = next(audio, name)
        work()
        await told
      }
      let unheard = true
      const never = () => (unheard = false)
      audio.onStop(never)
      audio.offStop(never)
      audio.stop()
      assert(unheard, 'a listener was told that had been taken away')
      audio.destroy()
    },
  },
  {
    api: 'createInnerAudioContext',
    name: 'of what is not there',
    async check() {
      const audio = wx.createInnerAudioContext()
      const failed = next(audio, 'Error')
      audio.src = '/media/none.wav'
      expect(await failed, { errCode: (code) => [10002, 10003, 10004].includes(code), errMsg: 'String' })
      audio.destroy()
    },
  },
  {
    api: 'createWebAudioContext',
    name: 'and its methods',
    async check() {
      const context = wx.createWebAudioContext()
      expect(
        context,
        methods(
          ...['close', 'resume', 'suspend', 'decodeAudioData', 'createAnalyser', 'createBiquadFilter'],
          ...['createBuffer', 'createBufferSource', 'createChannelMerger', 'createChannelSplitter'],
          ...['createConstantSource', 'createDelay', 'createDynamicsCompressor', 'createGain'],
          ...['createIIRFilter', 'createOscillator', 'createPanner', 'createPeriodicWave'],
          ...['createScriptProcessor', 'createWaveShaper'],
        ),
      )
      expect(context, { currentTime: 'Number', sampleRate: 'Number', state: 'String' })
      const data = await context.decodeAudioData(wx.getFileSystemManager().readFileSync(tone))
      assert(Math.abs(data.duration - 2) < 0.1, 'another duration', data.duration)
      await context.close()
    },
  },
  {
    api: 'createAudioContext',
    name: 'and its methods',
    async check(t) {
      await t.tapped()
      const page = await t.open('/pages/media/media')
      const audio = wx.createAudioContext('sound')
      expect(audio, methods('setSrc', 'play', 'pause', 'seek'))
      await wait(
        (done) => page.next('sound play').then(done),
        () => audio.play(),
      )
      await wait(
        (done) => page.next('sound pause').then(done),
        () => audio.pause(),
      )
      audio.seek(1.9)
      await wait(
        (done) => page.next('sound ended').then(done),
        () => audio.play(),
      )
      await wait(
        (done) => page.next('sound error').then(done),
        () => audio.setSrc('/media/none.wav'),
      )
      await t.back()
    },
  },
  { api: 'createAudioContext', name: 'of nothing', check: () => wx.createAudioContext('none').play() },
  {
    api: 'getBackgroundAudioPlayerState',
    name: 'before anything was played',
    args: {},
    ok: { status: 2 },
  },
  {
    api: 'getBackgroundAudioManager',
    name: 'and its methods',
    async check(t) {
      await t.tapped()
      const player = manager()
      assert(player === manager(), 'another manager')
      expect(player, {
        ...methods(...CONTROLS, ...[...EVENTS, 'Prev', 'Next'].map((name) => `on${name}`)),
        ...STATE,
      })
      for (const name of [
        'title',
        'epname',
        'singer',
        'coverImgUrl',
        'webUrl',
        'protocol',
        'audioType',
        'src',
      ])
        assert(typeof player[name] === 'string', `no ${name}`)
      const played = next(player, 'Play')
      player.title = 'Tone'
      player.src = tone
      await played
      for (const [name, work] of [
        ['Pause', () => player.pause()],
        ['Play', () => player.play()],
        ['Seeked', () => player.seek(0.5)],
        ['Stop', () => player.stop()],
      ]) {
        const told = next(player, name)
        work()
        await told
      }
    },
  },
  {
    api: 'playBackgroundAudio',
    before: (t) => t.tapped(),
    args: { dataUrl: tone, title: 'Tone', coverImgUrl: '/media/four.png' },
    ok: {},
    after: silence,
  },
  { api: 'playBackgroundAudio', args: {}, fail: wrong('playBackgroundAudio', 'dataUrl', 'String') },
  {
    api: 'playBackgroundAudio',
    args: { dataUrl: 5 },
    fail: wrong('playBackgroundAudio', 'dataUrl', 'String', 'Number'),
  },
  {
    api: 'getBackgroundAudioPlayerState',
    before: playing,
    args: {},
    ok: {
      status: 1,
      dataUrl: is(tone),
      duration: (seconds) => seconds > 1.9,
      currentPosition: 'Number',
      downloadPercent: 'Number',
    },
    after: silence,
  },
  { api: 'pauseBackgroundAudio', before: playing, args: {}, ok: {}, after: silence },
  { api: 'seekBackgroundAudio', before: playing, args: { position: 1 }, ok: {}, after: silence },
  { api: 'seekBackgroundAudio', args: {}, fail: wrong('seekBackgroundAudio', 'position', 'Number') },
  {
    api: 'seekBackgroundAudio',
    args: { position: '1' },
    fail: wrong('seekBackgroundAudio', 'position', 'Number', 'String'),
  },
  { api: 'stopBackgroundAudio', before: playing, args: {}, ok: {} },
  ...['Play', 'Pause', 'Stop'].map((name) => ({
    api: `onBackgroundAudio${name}`,
    with: [() => undefined],
    gives: is(undefined),
  })),
  {
    api: 'onBackgroundAudioPlay',
    name: 'and its kin are told',
    async check(t) {
      const told = []
      for (const name of ['Play', 'Pause', 'Stop']) wx[`onBackgroundAudio${name}`](() => told.push(name))
      await playing(t)
      await wx.pauseBackgroundAudio()
      await until(() => told.includes('Pause'), 'the pause')
      await wx.stopBackgroundAudio()
      await until(() => told.includes('Stop'), 'the stop')
      assert(told.join() === 'Play,Pause,Stop', 'another order', told)
    },
  },
  {
    api: 'playVoice',
    before: (t) => t.tapped(),
    args: { filePath: tone, duration: 1 },
    ok: {},
  },
  { api: 'playVoice', args: {}, fail: wrong('playVoice', 'filePath', 'String') },
  {
    api: 'playVoice',
    args: { filePath: tone, duration: '1' },
    fail: wrong('playVoice', 'duration', 'Number', 'String'),
  },
  { api: 'playVoice', args: { filePath: '/media/none.wav' }, fail: 'playVoice:fail file error' },
  { api: 'pauseVoice', args: {}, ok: {} },
  { api: 'stopVoice', args: {}, ok: {} },
  {
    api: 'setInnerAudioOption',
    args: { mixWithOther: true, obeyMuteSwitch: false, speakerOn: true },
    ok: {},
  },
  ...['mixWithOther', 'obeyMuteSwitch', 'speakerOn'].map((name) => ({
    api: 'setInnerAudioOption',
    args: { [name]: 'yes' },
    fail: wrong('setInnerAudioOption', name, 'Boolean', 'String'),
  })),
  { api: 'getAvailableAudioSources', args: {}, ok: { audioSources: is(['auto']) } },
]
