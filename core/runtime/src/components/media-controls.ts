// The controls over a video: WeChat's, drawn here, because browsers cannot show some buttons and hide others.
import { element } from './dom'
import { onDrag } from './gesture'
import type { Host } from './host'
import type { VideoContext } from './media'
import type { Danmu } from './media-danmu'
import { fullscreenElement } from './media-fullscreen'
import type { MediaPlayer } from './media-player'

/** How long controls stay over a playing video, in milliseconds. */
const STAY = 5000
/** Two touches this close in time (milliseconds) are a double touch. */
const DOUBLE = 300

/** A time as players write it, `1:05`. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}`
}

/** Draws the controls of `host`; `update` follows its properties. */
export function createControls(
  host: Host,
  player: MediaPlayer,
  danmu: Danmu,
  context: VideoContext,
): { update(): void } {
  const media = player.element
  const title = element('div', 'lg-media-title', host.element)
  const center = button('lg-media-play lg-media-center', '播放', host.element, () => player.play())
  const bar = element('div', 'lg-media-bar', host.element)
  const play = button('lg-media-play', '播放', bar, () => (media.paused ? player.play() : player.pause()))
  const now = element('div', 'lg-media-time', bar)
  const track = element('div', 'lg-media-track', bar)
  const done = element('div', 'lg-media-done', track)
  const whole = element('div', 'lg-media-time', bar)
  const mute = button('lg-media-mute', '静音', bar, () => {
    media.muted = !media.muted
  })
  const comments = button('lg-media-danmu', '弹幕', bar, () => {
    danmu.on = !danmu.on
    if (!danmu.on) danmu.clear()
    draw()
  })
  comments.textContent = '弹'
  const full = button('lg-media-full', '全屏', bar, () =>
    fullscreenElement() === host.element ? context.exitFullScreen() : context.requestFullScreen(),
  )
  track.setAttribute('role', 'slider')
  track.setAttribute('aria-label', '进度')

  let started = false
  let shown = false
  let hide: ReturnType<typeof setTimeout> | undefined
  let enabledDanmu: boolean | null = null
  /** Where the finger would set the time, in seconds, while it is down. */
  let dragged: number | null = null

  const duration = (): number => host.number('duration') || player.duration
  const show = (on: boolean): void => {
    clearTimeout(hide)
    if (on) hide = setTimeout(() => show(media.paused), STAY)
    if (on === shown) return
    shown = on
    host.emit('controlstoggle', { show: on })
    draw()
  }
  const draw = (): void => {
    const over = host.flag('controls') && started
    const atCenter = host.text('playBtnPosition') === 'center'
    toggle(bar, over && shown)
    toggle(title, over && shown && host.text('title') !== '')
    toggle(center, media.paused && (started ? over && shown && atCenter : host.flag('showCenterPlayBtn')))
    toggle(play, host.flag('showPlayBtn') && !atCenter)
    for (const part of [now, track, whole]) toggle(part, host.flag('showProgress'))
    toggle(mute, host.flag('showMuteBtn'))
    toggle(comments, host.flag('danmuBtn'))
    toggle(full, host.flag('showFullscreenBtn'))
    title.textContent = host.text('title')
    const total = duration()
    const at = dragged ?? media.currentTime
    now.textContent = clock(at)
    whole.textContent = clock(total)
    done.style.width = total > 0 ? `${Math.min(100, (at / total) * 100)}%` : '0'
    track.setAttribute('aria-valuenow', String(Math.round(at)))
    track.setAttribute('aria-valuemax', String(Math.round(total)))
    play.classList.toggle('lg-playing', !media.paused)
    play.setAttribute('aria-label', media.paused ? '播放' : '暂停')
    mute.classList.toggle('lg-off', media.muted)
    comments.classList.toggle('lg-off', !danmu.on)
  }
  media.addEventListener('play', () => {
    started = true
    show(true)
    draw()
  })
  media.addEventListener('emptied', () => {
    started = false
    draw()
  })
  for (const type of ['pause', 'timeupdate', 'loadedmetadata', 'volumechange', 'durationchange'])
    media.addEventListener(type, draw)

  let touched = 0
  media.addEventListener('click', ({ timeStamp }) => {
    if (host.flag('enablePlayGesture') && timeStamp - touched < DOUBLE) {
      if (media.paused) player.play()
      else player.pause()
    }
    touched = timeStamp
    if (started) show(!shown)
  })

  const seekTo = (x: number): number => {
    const box = track.getBoundingClientRect()
    return Math.min(1, Math.max(0, (x - box.left) / Math.max(1, box.width))) * duration()
  }
  const end = (): void => {
    if (dragged !== null) player.seek(dragged)
    dragged = null
    show(true)
    draw()
  }
  onDrag(track, () => 'x', {
    move: ({ x }) => {
      dragged = seekTo(x)
      draw()
    },
    end,
    release: ({ clientX }) => {
      dragged = seekTo(clientX)
      end()
    },
  })
  // Sideways over the picture: a whole width is the whole film.
  let from = 0
  onDrag(media, () => (host.flag('enableProgressGesture') && started ? 'x' : null), {
    start: () => {
      from = media.currentTime
    },
    move: ({ dx }) => {
      const total = duration()
      dragged = Math.min(total, Math.max(0, from + (dx / Math.max(1, media.clientWidth)) * total))
      show(true)
      draw()
    },
    end,
  })

  return {
    update() {
      // The viewer's own switch holds until the program changes its mind.
      const wanted = host.flag('enableDanmu')
      if (wanted !== enabledDanmu) danmu.on = enabledDanmu = wanted
      full.classList.toggle('lg-on', fullscreenElement() === host.element)
      draw()
    },
  }
}

function button(className: string, label: string, parent: HTMLElement, run: () => void): HTMLElement {
  const made = element('button', className, parent)
  made.setAttribute('aria-label', label)
  made.addEventListener('click', run)
  return made
}

function toggle(part: HTMLElement, on: boolean): void {
  part.style.display = on ? '' : 'none'
}
