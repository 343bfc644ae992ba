const { check, equal, truthy, next, tell } = require('../../check')

Page({
  data: { said: '', danmu: [{ text: 'flying', color: '#ff0000', time: 0 }] },
  metadata: null,
  event({ type, detail }) {
    if (type === 'loadedmetadata') this.metadata = detail
    if (type !== 'timeupdate' && type !== 'progress') this.setData({ said: `${this.data.said} ${type}` })
    tell(type, detail)
  },
  leave() {
    const film = wx.createVideoContext('film')
    film.play()
    next('play').then(() => wx.navigateTo({ url: '/pages/canvas/canvas' }))
    next('pause').then(() => console.info('paused behind another page'))
  },
  async begin() {
    const film = wx.createVideoContext('film')
    await check('metadata', async () => {
      const { width, height, duration } = this.metadata || (await next('loadedmetadata'))
      equal([width, height], [64, 48])
      truthy(duration > 1, `duration ${duration}`)
    })
    await check('video context: play, time, pause, seek, stop', async () => {
      const [played, moved] = [next('play'), next('timeupdate')]
      film.play()
      await played
      truthy((await moved).duration > 1, 'timeupdate')
      const paused = next('pause')
      film.pause()
      await paused
      const sought = next('seekcomplete')
      film.seek(1)
      truthy(Math.abs((await sought).position - 1) < 0.2, 'seekcomplete')
      film.playbackRate(2)
      const again = next('play')
      const ended = next('ended')
      film.play()
      await again
      film.sendDanmu({ text: 'sent', color: '#00ff00' })
      await ended
      const stopped = next('seekcomplete')
      film.stop()
      equal((await stopped).position, 0)
    })
    await check('a video that is not there', async () => {
      const context = wx.createVideoContext('none')
      context.play()
      context.startCasting()
    })
    // Slowly, so that a click comes while it plays.
    film.playbackRate(0.25)
    this.setData({ said: '' })
    console.info('DONE')
  },
})
