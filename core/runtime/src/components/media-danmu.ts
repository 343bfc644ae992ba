// Danmu: comments that fly over a video, from right to left.
import { element } from './dom'
import type { Host } from './host'

/** One comment as a program gives it; `time` in seconds. */
export interface DanmuText {
  text?: string
  color?: string
  time?: number
}

/** How long a comment takes, in milliseconds. */
const FLIGHT = 6000
const LANES = 4
const LANE_HEIGHT = 24

/** The comments of one video. */
export class Danmu {
  /** Whether they show; the program's `enable-danmu`, then the viewer's switch. */
  on = false
  readonly #layer: HTMLElement
  #list: DanmuText[] = []
  #seen = 0
  #lane = 0

  constructor(
    host: Host,
    private readonly video: HTMLVideoElement,
  ) {
    this.#layer = element('div', 'lg-danmu', host.element)
    video.addEventListener('timeupdate', () => this.#advance())
    video.addEventListener('seeking', () => (this.#seen = video.currentTime))
  }

  /** The program's `danmu-list`. */
  set list(list: unknown) {
    this.#list = Array.isArray(list)
      ? (list as unknown[]).filter((item): item is DanmuText => item !== null && typeof item === 'object')
      : []
  }

  /** Shows one now. */
  send({ text = '', color = '#fff' }: DanmuText): void {
    if (!this.on || text === '') return
    const line = element('div', 'lg-danmu-line', this.#layer)
    line.textContent = String(text)
    line.style.color = String(color)
    line.style.top = `${4 + (this.#lane++ % LANES) * LANE_HEIGHT}px`
    const way = this.#layer.clientWidth
    const flight = line.animate(
      [{ transform: `translateX(${way}px)` }, { transform: `translateX(-${line.offsetWidth}px)` }],
      { duration: FLIGHT },
    )
    flight.onfinish = () => line.remove()
  }

  clear(): void {
    this.#layer.textContent = ''
  }

  #advance(): void {
    const now = this.video.currentTime
    const due = this.#list.filter(({ time = 0 }) => time >= this.#seen && time < now)
    this.#seen = now
    for (const item of due) this.send(item)
  }
}
