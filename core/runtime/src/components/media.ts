// video and audio: the browser's players with WeChat's events.
import { element } from './dom'
import type { Definition, Host } from './host'
import { setAria } from './aria'

/** `<video>`. `SelectorQuery.node()` gives the media element. */
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
    objectFit: [String, 'contain'],
    title: [String],
    duration: [Number],
    direction: [null],
    danmuList: [null],
    danmuBtn: [Boolean],
    enableDanmu: [Boolean],
    pageGesture: [Boolean],
    vslideGesture: [Boolean],
    vslideGestureInFullscreen: [Boolean, true],
    showProgress: [Boolean, true],
    showFullscreenBtn: [Boolean, true],
    showPlayBtn: [Boolean, true],
    showCenterPlayBtn: [Boolean, true],
    showMuteBtn: [Boolean],
    enableProgressGesture: [Boolean, true],
    playBtnPosition: [String, 'bottom'],
    enablePlayGesture: [Boolean],
    autoPauseIfNavigate: [Boolean, true],
    autoPauseIfOpenNative: [Boolean, true],
    pictureInPictureMode: [null],
    enableAutoRotation: [Boolean],
    showScreenLockButton: [Boolean],
  },
  create(host) {
    const player = element('video', 'lg-video', host.element)
    player.setAttribute('playsinline', '')
    player.setAttribute('webkit-playsinline', '')
    player.preload = 'metadata'
    const events = mediaEvents(host, player)
    player.addEventListener('loadedmetadata', () => {
      const start = host.number('initialTime')
      if (start > 0) player.currentTime = start
      host.emit('loadedmetadata', {
        width: player.videoWidth,
        height: player.videoHeight,
        duration: player.duration,
      })
    })
    document.addEventListener('fullscreenchange', fullscreen)
    function fullscreen(): void {
      if (host.isAttached)
        host.emit('fullscreenchange', {
          fullScreen: document.fullscreenElement === player,
          direction: 'vertical',
        })
    }
    return {
      node: () => player,
      update(changed) {
        player.controls = host.flag('controls')
        player.muted = host.flag('muted')
        player.loop = host.flag('loop')
        player.autoplay = host.flag('autoplay')
        player.style.objectFit = ['fill', 'cover'].includes(host.text('objectFit'))
          ? host.text('objectFit')
          : 'contain'
        if (changed === null || changed.has('poster')) setUrl(player, 'poster', host.url(host.text('poster')))
        if (changed === null || changed.has('src')) events.load()
      },
      detached() {
        player.pause()
        document.removeEventListener('fullscreenchange', fullscreen)
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
    const player = element('audio', 'lg-audio', host.element)
    player.preload = 'metadata'
    const events = mediaEvents(host, player)
    return {
      node: () => player,
      update(changed) {
        player.controls = host.flag('controls')
        player.loop = host.flag('loop')
        host.element.toggleAttribute('controls', host.flag('controls'))
        const label = `${host.text('name')} ${host.text('author')}`
        player.title = label
        setAria(host, { 'aria-label': label })
        if (changed === null || changed.has('src')) events.load()
      },
      detached() {
        player.pause()
      },
    }
  },
}

function setUrl(player: HTMLMediaElement, name: 'src' | 'poster', url: string): void {
  if (url === '') player.removeAttribute(name)
  else player.setAttribute(name, url)
}

/** WeChat's media events, and loading of `src`. */
function mediaEvents(host: Host, player: HTMLMediaElement): { load(): void } {
  for (const name of ['play', 'pause', 'ended', 'waiting', 'seeked'])
    player.addEventListener(name, () =>
      host.emit(name === 'seeked' ? 'seekcomplete' : name, { position: player.currentTime }),
    )
  player.addEventListener('timeupdate', () =>
    host.emit('timeupdate', { currentTime: player.currentTime, duration: player.duration }),
  )
  player.addEventListener('progress', () => {
    const { buffered, duration } = player
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0
    host.emit('progress', { buffered: duration > 0 ? (end / duration) * 100 : 0 })
  })
  player.addEventListener('error', () => fail())
  const fail = (): void => {
    // 1 to 4, as MediaError has them: aborted, network, decoding, not supported.
    host.emit('error', { errMsg: `MEDIA_ERR_${player.error?.code ?? 4}` })
  }
  return {
    load() {
      const source = host.text('src')
      const url = host.url(source)
      setUrl(player, 'src', url)
      if (source !== '' && url === '') fail()
    },
  }
}
