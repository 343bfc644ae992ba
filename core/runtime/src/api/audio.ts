// wx.createInnerAudioContext, wx.getBackgroundAudioManager and the older functions for sound.
import type { Bridge } from '../bridge/client'
import { MediaPlayer, MEDIA_ERROR } from '../components/media-player'
import type { Reporter } from '../framework/reporter'
import { failure } from './call'
import { WxEvents } from './events'
import type { Implementations } from './wx'

/** What the players stand on. */
export interface AudioParts {
  bridge: Bridge
  reporter: Reporter
  /** The program's own events, for `onBackgroundAudioPlay`. */
  events: WxEvents
  /** The URL of what a program names, '' if it is refused. */
  resolve(source: string): string
}

const INNER_EVENTS = [
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
/** WeChat's codes for MediaError's. */
const CODES: Record<number, number> = {
  [MEDIA_ERROR.network]: 10002,
  [MEDIA_ERROR.decode]: 10004,
  [MEDIA_ERROR.source]: 10003,
}

/** What is being heard now and must not be when the user leaves. */
const heard = new Set<InnerAudio>()

type Context = WechatMiniprogram.InnerAudioContext
/** The listeners, `onPlay` and `offPlay`, which the constructor makes of names. */
type Listening = Pick<Context, Extract<keyof Context, `on${string}` | `off${string}`>>

interface InnerAudio extends Listening {}

/** The context of wx.createInnerAudioContext, and what the background's manager has in common with it. */
class InnerAudio {
  startTime = 0
  autoplay = false
  obeyMuteSwitch = true
  referrerPolicy = 'no-referrer'
  #source = ''
  #announced = false
  /** Whether it goes on while the program is out of sight. */
  protected readonly background: boolean = false
  protected readonly player: MediaPlayer
  protected readonly listeners: WxEvents
  readonly #resolve: (source: string) => string

  constructor({ reporter, resolve }: AudioParts, events = INNER_EVENTS) {
    this.#resolve = resolve
    this.listeners = new WxEvents(reporter)
    for (const name of events) {
      const [on, off] = this.listeners.functions(name)
      Object.assign(this, { [`on${name}`]: on, [`off${name}`]: off })
    }
    const element = new Audio()
    element.preload = 'auto'
    this.player = new MediaPlayer(element, (code) => this.#fail(code))
    const tell = (type: string, run: () => void): void => element.addEventListener(type, run)
    tell('canplay', () => this.tell('Canplay'))
    // `play` only says that it was asked for.
    tell('playing', () => {
      if (this.#announced) return
      this.#announced = true
      if (!this.background) heard.add(this)
      this.tell('Play')
    })
    tell('pause', () => {
      // A browser also says `pause` at the end, and when `stop` is called.
      if (!this.#announced || element.ended) return
      this.#silent()
      this.tell('Pause')
    })
    tell('ended', () => {
      this.#silent()
      this.tell('Ended')
    })
    tell('timeupdate', () => this.tell('TimeUpdate'))
    tell('waiting', () => this.tell('Waiting'))
    tell('seeking', () => this.tell('Seeking'))
    tell('seeked', () => this.tell('Seeked'))
  }

  get src(): string {
    return this.#source
  }
  set src(source: string) {
    this.#source = String(source ?? '')
    this.#silent()
    const url = this.#resolve(this.#source)
    this.player.load(url)
    if (url === '') {
      if (this.#source !== '') this.#fail(MEDIA_ERROR.source)
      return
    }
    if (Number(this.startTime) > 0) this.player.seek(Number(this.startTime))
    if (this.autoplay) this.play()
  }

  get loop(): boolean {
    return this.player.element.loop
  }
  set loop(loop: boolean) {
    this.player.element.loop = !!loop
  }

  get volume(): number {
    return this.player.element.volume
  }
  set volume(volume: number) {
    this.player.element.volume = Math.min(1, Math.max(0, Number(volume) || 0))
  }

  get playbackRate(): number {
    return this.player.element.playbackRate
  }
  set playbackRate(rate: number) {
    this.player.rate = Number(rate)
  }

  get duration(): number {
    return this.player.duration
  }
  get currentTime(): number {
    return this.player.element.currentTime
  }
  get paused(): boolean {
    return this.player.element.paused
  }
  get buffered(): number {
    return this.player.buffered
  }

  play(): void {
    this.player.play()
  }

  pause(): void {
    this.player.pause()
  }

  stop(): void {
    this.#silent()
    this.player.pause()
    this.player.seek(Number(this.startTime) || 0)
    this.tell('Stop')
  }

  seek(position: number): void {
    this.player.seek(Number(position))
  }

  destroy(): void {
    this.#silent()
    this.player.load('')
    for (const name of INNER_EVENTS) this.listeners.functions(name)[1]()
  }

  protected tell(name: string, value?: unknown): void {
    this.listeners.emit(name, value)
  }

  #silent(): void {
    this.#announced = false
    heard.delete(this)
  }

  #fail(code: number): void {
    this.#silent()
    const errCode = CODES[code] ?? -1
    this.tell('Error', { errCode, errMsg: `errCode:${errCode}, err:cannot play ${this.#source}` })
  }
}

const BACKGROUND_EVENTS = [...INNER_EVENTS, 'Prev', 'Next']
const OLD_EVENTS = new Set(['Play', 'Pause', 'Stop'])

interface BackgroundAudio extends Pick<WechatMiniprogram.BackgroundAudioManager, 'onPrev' | 'onNext'> {}

/** wx.getBackgroundAudioManager: plays as soon as it has a source, also while the program is out of sight. */
class BackgroundAudio extends InnerAudio {
  title = ''
  epname = ''
  singer = ''
  coverImgUrl = ''
  webUrl = ''
  protocol = 'http'
  audioType = 'audio'
  referrerPath = ''
  protected override readonly background = true
  readonly #events: WxEvents
  readonly #resolveCover: (source: string) => string

  constructor(parts: AudioParts) {
    super(parts, BACKGROUND_EVENTS)
    this.#events = parts.events
    this.#resolveCover = parts.resolve
    this.autoplay = true
  }

  protected override tell(name: string, value?: unknown): void {
    super.tell(name, value)
    if (OLD_EVENTS.has(name)) this.#events.emit(`BackgroundAudio${name}`)
    if (name === 'Play') this.#show()
  }

  /** Shows the title where the system shows what is playing, and takes its buttons. */
  #show(): void {
    const session = navigator.mediaSession
    if (!session || typeof MediaMetadata === 'undefined') return
    const cover = this.#resolveCover(this.coverImgUrl)
    session.metadata = new MediaMetadata({
      title: this.title,
      album: this.epname,
      artist: this.singer,
      artwork: cover === '' ? [] : [{ src: cover }],
    })
    session.setActionHandler('nexttrack', () => this.tell('Next'))
    session.setActionHandler('previoustrack', () => this.tell('Prev'))
  }
}

/** Adds the functions. */
export function addAudio(own: Implementations, parts: AudioParts): void {
  let background: BackgroundAudio | undefined
  const manager = (): BackgroundAudio => (background ??= new BackgroundAudio(parts))
  parts.bridge.on('appHide', () => {
    for (const context of heard) context.pause()
  })
  own.set({
    createInnerAudioContext: () => new InnerAudio(parts),
    getBackgroundAudioManager: manager,
    createWebAudioContext: () => new AudioContext(),
  })
  own.async('setInnerAudioOption', () => undefined, {
    mixWithOther: 'Boolean?',
    obeyMuteSwitch: 'Boolean?',
    speakerOn: 'Boolean?',
  })
  // A webview does not tell microphones apart.
  own.async('getAvailableAudioSources', () => ({ audioSources: ['auto' as const] }))
  addOldBackgroundAudio(own, manager)
  addVoice(own, parts)
}

function addOldBackgroundAudio(own: Implementations, manager: () => BackgroundAudio): void {
  own.async(
    'playBackgroundAudio',
    ({ dataUrl, title = '', coverImgUrl = '' }) => {
      const player = manager()
      player.title = String(title)
      player.coverImgUrl = String(coverImgUrl)
      if (player.src === dataUrl) player.play()
      else player.src = String(dataUrl)
    },
    { dataUrl: 'String' },
  )
  own.async('seekBackgroundAudio', ({ position }) => manager().seek(Number(position)), { position: 'Number' })
  own.asyncAll({
    pauseBackgroundAudio: () => manager().pause(),
    stopBackgroundAudio: () => manager().stop(),
    getBackgroundAudioPlayerState: () => {
      const { src, paused, duration, currentTime, buffered } = manager()
      // 0 paused, 1 playing, 2 nothing to play.
      return {
        status: src === '' ? 2 : paused ? 0 : 1,
        duration,
        currentPosition: currentTime,
        downloadPercent: duration > 0 ? Math.round((buffered / duration) * 100) : 0,
        dataUrl: src,
      }
    },
  })
}

/** wx.playVoice: one recording at a time; it succeeds when the recording has been heard to its end. */
function addVoice(own: Implementations, parts: AudioParts): void {
  let voice: InnerAudio | undefined
  let end: ((error?: unknown) => void) | undefined
  const finish = (error?: unknown): void => {
    const told = end
    end = undefined
    told?.(error)
  }
  own.async(
    'playVoice',
    ({ filePath, duration = 60 }) =>
      new Promise<void>((resolve, reject) => {
        finish()
        const context = (voice ??= listen(new InnerAudio(parts)))
        const timer = setTimeout(() => context.stop(), Number(duration) * 1000)
        end = (error) => {
          clearTimeout(timer)
          if (error) reject(error)
          else resolve()
        }
        if (context.src === filePath) return context.play()
        context.src = String(filePath)
        context.play()
      }),
    { filePath: 'String', duration: 'Number?' },
  )
  own.asyncAll({ pauseVoice: () => voice?.pause(), stopVoice: () => voice?.stop() })

  function listen(context: InnerAudio): InnerAudio {
    context.onEnded(() => finish())
    context.onStop(() => finish())
    context.onError(() => {
      // Playing the same file again must load it again.
      voice = undefined
      finish(failure('playVoice', 'file error'))
    })
    return context
  }
}
