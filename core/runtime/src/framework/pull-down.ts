// Pull-down refresh of a page: three dots under the page, by finger or mouse, or by `wx.startPullDownRefresh`.

const TRIGGER = 50
const OPEN = 60
const EASE = 'transform .25s ease-out'

export class PullDown {
  readonly element = document.createElement('div')
  readonly #scroller: HTMLElement
  readonly #onRefresh: () => void
  #startY: number | undefined
  #distance = 0
  #busy = false
  #enabled = false
  #listening = false

  constructor(scroller: HTMLElement, onRefresh: () => void) {
    this.#scroller = scroller
    this.#onRefresh = onRefresh
    this.element.className = 'lodger-pull'
    this.element.append(...[0, 1, 2].map(() => document.createElement('i')))
  }

  /** Whether a person can pull. */
  set enabled(enabled: boolean) {
    this.#enabled = enabled
    if (enabled && !this.#listening) this.#listen()
  }

  /** Only pages that can be pulled pay for a touch listener that may stop scrolling. */
  #listen(): void {
    this.#listening = true
    const scroller = this.#scroller
    scroller.addEventListener('touchstart', (event) => this.#start(event.touches[0]?.clientY), {
      passive: true,
    })
    scroller.addEventListener('touchmove', (event) => {
      if (this.#move(event.touches[0]?.clientY) && event.cancelable) event.preventDefault()
    })
    scroller.addEventListener('touchend', () => this.#release(), { passive: true })
    scroller.addEventListener('touchcancel', () => this.#release(), { passive: true })
    scroller.addEventListener('mousedown', (event) => {
      if (event.button === 0 && this.#start(event.clientY)) this.#followMouse()
    })
  }

  /** The dots' colour: `dark` or `light`. */
  set style(style: string) {
    this.element.classList.toggle('lodger-light', style === 'light')
  }

  /** Opens as if a person had pulled. */
  start(): void {
    if (this.#busy) return
    this.#busy = true
    this.#scroller.scrollTop = 0
    this.element.classList.add('lodger-pulled', 'lodger-busy')
    this.#shift(OPEN, true)
    this.#onRefresh()
  }

  /** Closes. */
  stop(): void {
    this.#busy = false
    this.#shift(0, true)
    this.element.classList.remove('lodger-busy')
  }

  #followMouse(): void {
    const move = (event: MouseEvent): void => void this.#move(event.clientY)
    const up = (): void => {
      window.removeEventListener('mousemove', move)
      window.removeEventListener('mouseup', up)
      this.#release()
    }
    window.addEventListener('mousemove', move)
    window.addEventListener('mouseup', up)
  }

  #start(y: number | undefined): boolean {
    if (!this.#enabled || this.#busy || this.#scroller.scrollTop > 0 || y === undefined) return false
    this.#startY = y
    return true
  }

  /** True while the page is pulled. */
  #move(y: number | undefined): boolean {
    if (this.#startY === undefined || y === undefined) return false
    if (this.#scroller.scrollTop > 0) {
      this.#startY = undefined
      return false
    }
    const pulled = y - this.#startY
    if (pulled <= 5) {
      if (this.#distance > 0) this.#shift((this.#distance = 0), false)
      return false
    }
    this.element.classList.add('lodger-pulled')
    // Heavier the further it goes.
    this.#distance = Math.min(120, pulled * 0.5)
    this.#shift(this.#distance, false)
    return true
  }

  #release(): void {
    if (this.#startY === undefined) return
    const enough = this.#distance >= TRIGGER
    this.#startY = undefined
    this.#distance = 0
    if (enough) this.start()
    else this.#shift(0, true)
  }

  #shift(y: number, eased: boolean): void {
    this.#scroller.style.transition = eased ? EASE : ''
    this.#scroller.style.transform = y > 0 ? `translateY(${y}px)` : ''
    if (y === 0) this.element.classList.remove('lodger-pulled')
  }
}
