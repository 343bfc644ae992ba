// video and audio: the browser's players with WeChat's controls, events and contexts.
import { element } from './dom'
import type { Definition, Host } from './host'
import { setAria } from './aria'
import { Danmu, type DanmuText } from './media-danmu'
import { clock, createControls } from './media-controls'
import { fullscreenElement, leaveFullscreen, onFullscreen, enterFullscreen } from './media-fullscreen'
import { MediaPlayer } from './media-player'

/** What `wx.createVideoContext` and `SelectorQuery.context()` give. */
export interface VideoContext {
  play(): void
  pause(): void
  stop(): void
  seek(position: number): void
  playbackRate(rate: number): void
  sendDanmu(danmu: DanmuText): void
  requestFullScreen(options?: { direction?: number }): void
  exitFullScreen(): void
  showStatusBar(): void
  hideStatusBar(): void
  requestBackgroundPlayback(): void
  exitBackgroundPlayback(): void
  exitPictureInPicture(): void
}

/** `<video>`. */
export const video: Definition = {
  tag: 'video',
  properties: {
    src: [String],
    poster: [String],
    controls: [Boolean, true],
    autoplay: [Boolean],
    loop: [Boolean],
    muted: [Boolean],
    initialTime: [Number, 0],
    duration: [Number],
    objectFit: [String, 'contain'],
    title: [String],
    danmuList: [null],
    danmuBtn: [Boolean],
    enableDanmu: [Boolean],
    showProgress: [Boolean, true],
    showFullscreenBtn: [Boolean, true],
    showPlayBtn: [Boolean, true],
    showCenterPlayBtn: [Boolean, true],
    showMuteBtn: [Boolean],
    enableProgressGesture: [Boolean, true],
    playBtnPosition: [String, 'bottom'],
    enablePlayGesture: [Boolean],
    autoPauseIfNavigate: [Boolean, true],
  },
  create(host) {
    const film = element('video', 'lg-video', host.element)
    film.setAttribute('playsinline', '')
    film.setAttribute('webkit-playsinline', '')
    film.preload = 'metadata'
    const player = new MediaPlayer(film, (code) => host.emit('error', { errMsg: `MEDIA_ERR_${code}` }))
    mediaEvents(host, player)
    film.addEventListener('loadedmetadata', () =>
      host.emit('loadedmetadata', {
        width: film.videoWidth,
        height: film.videoHeight,
        duration: player.duration,
      }),
    )
    film.addEventListener('timeupdate', () => {
      // A page that another one covers has no boxes.
      if (host.flag('autoPauseIfNavigate') && host.element.getClientRects().length === 0) player.pause()
    })
    for (const way of ['enter', 'leave'] as const)
      film.addEventListener(`${way}pictureinpicture`, () => host.emit(`${way}pictureinpicture`, {}))

    const danmu = new Danmu(host, film)
    const context = videoContext(host, player, danmu)
    const controls = createControls(host, player, danmu, context)
    let wasFull = false
    const stopListening = onFullscreen(film, () => {
      const fullScreen = fullscreenElement() === host.element
      if (fullScreen === wasFull || !host.isAttached) return
      wasFull = fullScreen
      host.element.classList.toggle('lg-full', fullScreen)
      controls.update()
      host.emit('fullscreenchange', {
        fullScreen,
        direction: innerWidth > innerHeight ? 'horizontal' : 'vertical',
      })
    })
    const load = (): void => {
      const source = host.text('src')
      const url = host.url(source)
      player.load(url)
      if (source !== '' && url === '') return host.emit('error', { errMsg: 'MEDIA_ERR_4' })
      if (host.number('initialTime') > 0) player.seek(host.number('initialTime'))
      if (host.flag('autoplay')) player.play()
    }
    return {
      node: () => context,
      update(changed) {
        // The viewer's own switch holds until the program changes its mind.
        if (changed === null || changed.has('muted')) film.muted = film.defaultMuted = host.flag('muted')
        film.loop = host.flag('loop')
        film.style.objectFit = ['fill', 'cover'].includes(host.text('objectFit'))
          ? host.text('objectFit')
          : 'contain'
        if (changed === null || changed.has('poster')) poster(film, host.url(host.text('poster')))
        if (changed === null || changed.has('danmuList')) danmu.list = host.values.danmuList
        controls.update()
        if (changed === null || changed.has('src')) load()
      },
      detached() {
        player.pause()
        danmu.clear()
        stopListening()
      },
    }
  },
}

/** `<audio>`. */
export const audio: Definition = {
  tag: 'audio',
  properties: {
    src: [String],
    controls: [Boolean],
    loop: [Boolean],
    poster: [String],
    name: [null, '未知音频'],
    author: [String, '未知作者'],
  },
  create(host) {
    const sound = element('audio')
    sound.preload = 'metadata'
    const player = new MediaPlayer(sound, (code) => host.emit('error', { errMsg: `MEDIA_ERR_${code}` }))
    mediaEvents(host, player)
    const cover = element('div', 'lg-audio-cover', host.element)
    const button = element('button', 'lg-media-play', cover)
    const words = element('div', 'lg-audio-words', host.element)
    const [name, author] = [element('div', '', words), element('div', '', words)]
    const time = element('div', 'lg-audio-time', host.element)
    const draw = (): void => {
      button.classList.toggle('lg-playing', !sound.paused)
      button.setAttribute('aria-label', sound.paused ? '播放' : '暂停')
      time.textContent = clock(sound.currentTime)
    }
    for (const type of ['play', 'pause', 'timeupdate', 'loadedmetadata']) sound.addEventListener(type, draw)
    button.addEventListener('click', () => (sound.paused ? player.play() : player.pause()))
    let given = ''
    const load = (source: string): void => {
      given = source
      const url = host.url(source)
      player.load(url)
      if (source !== '' && url === '') host.emit('error', { errMsg: 'MEDIA_ERR_4' })
    }
    const context = {
      setSrc: (source: string) => load(String(source)),
      play: () => player.play(),
      pause: () => player.pause(),
      seek: (position: number) => player.seek(Number(position)),
    }
    return {
      node: () => context,
      update(changed) {
        sound.loop = host.flag('loop')
        host.element.toggleAttribute('controls', host.flag('controls'))
        name.textContent = host.text('name')
        author.textContent = host.text('author')
        setAria(host, { role: 'group', 'aria-label': `${host.text('name')} ${host.text('author')}` })
        const picture = host.url(host.text('poster'))
        cover.style.backgroundImage = picture === '' ? '' : `url("${picture}")`
        draw()
        const changes = changed === null || changed.has('src')
        if (changes && (host.text('src') !== given || changed === null)) load(host.text('src'))
      },
      detached: () => player.pause(),
    }
  },
}

function poster(player: HTMLVideoElement, url: string): void {
  if (url === '') player.removeAttribute('poster')
  else player.poster = url
}

function videoContext(host: Host, player: MediaPlayer, danmu: Danmu): VideoContext {
  const nothing = (): void => undefined
  return {
    play: () => player.play(),
    pause: () => player.pause(),
    stop() {
      player.pause()
      player.seek(0)
    },
    seek: (position) => player.seek(Number(position)),
    playbackRate: (rate) => {
      player.rate = Number(rate)
    },
    sendDanmu: (text) => danmu.send(text ?? {}),
    requestFullScreen: () => enterFullscreen(host.element, player.element as HTMLVideoElement),
    exitFullScreen: () => leaveFullscreen(player.element as HTMLVideoElement),
    // A webview has no status bar of its own.
    showStatusBar: nothing,
    hideStatusBar: nothing,
    requestBackgroundPlayback: () => host.env.missing('VideoContext.requestBackgroundPlayback'),
    exitBackgroundPlayback: nothing,
    exitPictureInPicture: () => {
      if (document.pictureInPictureElement === player.element) void document.exitPictureInPicture()
    },
  }
}

/** WeChat's media events. */
function mediaEvents(host: Host, player: MediaPlayer): void {
  const { element: media } = player
  const on = (type: string, run: () => void): void => media.addEventListener(type, run)
  for (const name of ['play', 'pause', 'ended', 'waiting']) on(name, () => host.emit(name, {}))
  on('seeked', () => host.emit('seekcomplete', { position: media.currentTime }))
  on('timeupdate', () =>
    host.emit('timeupdate', { currentTime: media.currentTime, duration: player.duration }),
  )
  on('progress', () => {
    const { buffered, duration } = player
    host.emit('progress', { buffered: duration > 0 ? (buffered / duration) * 100 : 0 })
  })
}
