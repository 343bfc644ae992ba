// A media element that plays what a program names: video, audio, and the players of wx.* stand on it.
//
// Two things that browsers do otherwise than WeChat are evened out here. WebKitGTK's player cannot read an origin of
// our own scheme, so a file that fails there is fetched and played from memory. And a browser may refuse to play
// before the user has touched the page: then playing begins with the next touch.

/** MediaError's codes. */
export const MEDIA_ERROR = { aborted: 1, network: 2, decode: 3, source: 4 }

/** Plays one source at a time in `element`. */
export class MediaPlayer {
  #url = ''
  #memory = ''
  #fetched = false
  #wanted = false
  #seekTo: number | null = null

  /** `failed` is told a code of MediaError when a source cannot be played. */
  constructor(
    readonly element: HTMLMediaElement,
    private readonly failed: (code: number) => void,
  ) {
    element.addEventListener('error', () => this.#error())
    element.addEventListener('loadedmetadata', () => {
      if (this.#seekTo !== null) this.seek(this.#seekTo)
    })
  }

  /** Whether it plays, or will as soon as it can. */
  get wanted(): boolean {
    return this.#wanted
  }

  /** Loads a URL of this document; an empty one ends playing. */
  load(url: string): void {
    this.#forget()
    this.#url = url
    this.#wanted = false
    this.#seekTo = null
    this.#use(url)
  }

  play(): void {
    this.#wanted = true
    if (this.#url === '') return
    this.element.play().catch((error: unknown) => {
      // Other refusals come as an `error` event, or mean that `pause` or `load` was called meanwhile.
      if ((error as Error).name === 'NotAllowedError') this.#afterTouch()
    })
  }

  pause(): void {
    this.#wanted = false
    this.element.pause()
  }

  /** Goes to a time in seconds; before the length is known, as soon as it is. */
  seek(seconds: number): void {
    if (!Number.isFinite(seconds)) return
    const known = this.element.readyState > 0
    this.#seekTo = known ? null : Math.max(0, seconds)
    if (known) this.element.currentTime = Math.max(0, seconds)
  }

  /** 1 is normal. Both, because a new source starts at the default. */
  set rate(rate: number) {
    if (!(rate > 0)) return
    this.element.defaultPlaybackRate = rate
    this.element.playbackRate = rate
  }

  /** How far it has loaded, in seconds. */
  get buffered(): number {
    const { buffered } = this.element
    return buffered.length > 0 ? buffered.end(buffered.length - 1) : 0
  }

  /** The length in seconds; 0 while it is not known. */
  get duration(): number {
    const { duration } = this.element
    return Number.isFinite(duration) ? duration : 0
  }

  #use(url: string): void {
    if (url === '') this.element.removeAttribute('src')
    else this.element.src = url
    this.element.load()
  }

  #forget(): void {
    if (this.#memory !== '') URL.revokeObjectURL(this.#memory)
    this.#memory = ''
    this.#fetched = false
  }

  #error(): void {
    const code = this.element.error?.code ?? MEDIA_ERROR.source
    if (this.#url === '') return
    if (code !== MEDIA_ERROR.source || this.#fetched || !needsMemory(this.#url)) return this.failed(code)
    this.#fetched = true
    void this.#fetch(this.#url)
  }

  async #fetch(url: string): Promise<void> {
    const blob = await fetch(url).then(
      (answer) => (answer.ok ? answer.blob() : null),
      () => null,
    )
    if (url !== this.#url) return
    if (!blob) return this.failed(MEDIA_ERROR.network)
    this.#memory = URL.createObjectURL(blob)
    this.#use(this.#memory)
    if (this.#wanted) this.play()
  }

  #afterTouch(): void {
    const again = (): void => {
      window.removeEventListener('pointerup', again, true)
      window.removeEventListener('keydown', again, true)
      if (this.#wanted) this.play()
    }
    window.addEventListener('pointerup', again, true)
    window.addEventListener('keydown', again, true)
  }
}

/** Whether the browser's player may be unable to read what `fetch` can. */
function needsMemory(url: string): boolean {
  return !/^https?:/.test(location.protocol) && !/^(?:blob|data):/i.test(url)
}
