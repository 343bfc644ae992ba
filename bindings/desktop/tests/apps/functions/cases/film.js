// VideoContext: a film of a page, by its id.
const { expect, methods } = require('../lib/runner.js')

const METHODS = [
  ...['play', 'pause', 'stop', 'seek', 'playbackRate', 'sendDanmu', 'requestFullScreen', 'exitFullScreen'],
  ...['showStatusBar', 'hideStatusBar', 'requestBackgroundPlayback', 'exitBackgroundPlayback'],
  ...['exitPictureInPicture', 'startCasting', 'switchCasting', 'exitCasting', 'reconnectCasting'],
]

module.exports = [
  {
    api: 'createVideoContext',
    name: 'and its methods',
    async check(t) {
      await t.tapped()
      const page = await t.open('/pages/media/media')
      const film = wx.createVideoContext('film')
      expect(film, methods(...METHODS))
      const does = async (event, work) => {
        const told = page.next(`film ${event}`)
        work()
        return told
      }
      await does('play', () => film.play())
      await does('pause', () => film.pause())
      expect(await does('seekcomplete', () => film.seek(1)), {
        position: (seconds) => Math.abs(seconds - 1) < 0.2,
      })
      film.playbackRate(2)
      film.sendDanmu({ text: 'sent', color: '#00ff00' })
      film.showStatusBar()
      film.hideStatusBar()
      await does('ended', () => film.play())
      expect(await does('seekcomplete', () => film.stop()), { position: 0 })
      // What is not there does nothing, and ends no program.
      film.startCasting()
      film.exitPictureInPicture()
      await t.back()
    },
  },
  {
    api: 'createVideoContext',
    name: 'of nothing',
    check: () => METHODS.forEach((name) => wx.createVideoContext('none')[name]({})),
  },
]
