const { check, equal, truthy, next, tell } = require('../../check')

Page({
  event({ type, detail }) {
    tell(type, detail)
  },
  broken({ detail }) {
    tell('broken', detail)
  },
  async begin() {
    const once = (context, name) =>
      new Promise((resolve) => {
        const listener = (value) => {
          context[`off${name}`](listener)
          resolve(value)
        }
        context[`on${name}`](listener)
      })
    await check('inner audio: plays, tells, pauses, seeks, stops', async () => {
      const audio = wx.createInnerAudioContext()
      const heard = []
      for (const name of ['Play', 'Pause', 'Stop', 'Ended', 'Error']) audio[`on${name}`](() => heard.push(name))
      equal([audio.paused, audio.duration, audio.src], [true, 0, ''])
      const ready = once(audio, 'Canplay')
      audio.src = '/media/tone.wav'
      await ready
      truthy(Math.abs(audio.duration - 2) < 0.1, `duration ${audio.duration}`)
      const played = once(audio, 'Play')
      const moved = once(audio, 'TimeUpdate')
      audio.play()
      await Promise.all([played, moved])
      equal(audio.paused, false)
      const paused = once(audio, 'Pause')
      audio.pause()
      await paused
      equal(audio.paused, true)
      const sought = once(audio, 'Seeked')
      audio.seek(1)
      await sought
      truthy(Math.abs(audio.currentTime - 1) < 0.1, `at ${audio.currentTime}`)
      const again = once(audio, 'Play')
      audio.play()
      await again
      const stopped = once(audio, 'Stop')
      audio.stop()
      await stopped
      audio.volume = 0.5
      audio.playbackRate = 2
      audio.loop = true
      equal([audio.volume, audio.playbackRate, audio.loop], [0.5, 2, true])
      equal(heard, ['Play', 'Pause', 'Play', 'Stop'])
      audio.destroy()
    })
    await check('inner audio: autoplay from a start time to the end', async () => {
      const audio = wx.createInnerAudioContext({ useWebAudioImplement: false })
      const ended = once(audio, 'Ended')
      audio.autoplay = true
      audio.startTime = 1.6
      const began = Date.now()
      audio.src = '/media/tone.wav'
      await ended
      truthy(Date.now() - began < 1900, 'it began at the start')
      audio.destroy()
    })
    await check('inner audio: what is not there, what is not sound, what is refused', async () => {
      for (const src of ['/media/none.wav', '/media/noise.wav', '/.lodger/hello']) {
        const audio = wx.createInnerAudioContext()
        const failed = once(audio, 'Error')
        audio.src = src
        const { errCode, errMsg } = await failed
        truthy([10002, 10003, 10004].includes(errCode) && errMsg.includes(src), `${errCode} ${errMsg}`)
        audio.destroy()
      }
    })
    await check('background audio: manager and the older functions', async () => {
      const manager = wx.getBackgroundAudioManager()
      equal(manager, wx.getBackgroundAudioManager())
      equal((await wx.getBackgroundAudioPlayerState()).status, 2)
      const old = new Promise((resolve) => wx.onBackgroundAudioPlay(resolve))
      const played = once(manager, 'Play')
      manager.title = 'Tone'
      manager.src = '/media/tone.wav'
      await Promise.all([played, old])
      const state = await wx.getBackgroundAudioPlayerState()
      equal([state.status, state.dataUrl], [1, '/media/tone.wav'])
      const paused = new Promise((resolve) => wx.onBackgroundAudioPause(resolve))
      await wx.pauseBackgroundAudio()
      await paused
      await wx.seekBackgroundAudio({ position: 0.5 })
      const stopped = once(manager, 'Stop')
      await wx.stopBackgroundAudio()
      await stopped
    })
    await check('voice: succeeds at its end', async () => {
      equal((await wx.playVoice({ filePath: '/media/tone.wav', duration: 1 })).errMsg, 'playVoice:ok')
      const failed = await wx.playVoice({ filePath: '/media/none.wav' }).catch(({ errMsg }) => errMsg)
      equal(failed, 'playVoice:fail file error')
    })
    await check('web audio: decodes and plays a buffer', async () => {
      const context = wx.createWebAudioContext()
      const buffer = context.createBuffer(1, 800, 8000)
      equal([buffer.length, buffer.sampleRate], [800, 8000])
      const source = context.createBufferSource()
      source.buffer = buffer
      source.connect(context.destination)
      source.start()
      await context.close()
    })
    await check('audio options and sources', async () => {
      equal((await wx.setInnerAudioOption({ obeyMuteSwitch: false })).errMsg, 'setInnerAudioOption:ok')
      equal(
        await wx.setInnerAudioOption({ speakerOn: 'yes' }).catch(({ errMsg }) => errMsg),
        'setInnerAudioOption:fail parameter error: parameter.speakerOn should be Boolean instead of String;',
      )
      equal((await wx.getAvailableAudioSources()).audioSources, ['auto'])
    })
    await check('audio component by its context', async () => {
      const context = wx.createAudioContext('sound')
      const played = next('play')
      const moved = next('timeupdate')
      context.play()
      await played
      truthy((await moved).duration > 1.9, 'duration')
      const paused = next('pause')
      context.pause()
      await paused
      context.seek(1.8)
      const ended = next('ended')
      context.play()
      await ended
      const broken = next('broken')
      wx.createAudioContext('broken').setSrc('/media/none2.wav')
      truthy((await broken).errMsg.startsWith('MEDIA_ERR_'), 'error')
    })
    console.info('DONE')
  },
})
