// The navigation bar of one page: title, back or home, loading, colours. Room is left for the host's capsule.
import { BACK, HOME, icon } from './icons'
import type { MenuButton } from './launch'

/** Where the bar has to be, CSS pixels: below the status bar, as high as the capsule needs. */
export interface BarMetrics {
  statusBar: number
  height: number
  /** Width at the right that belongs to the capsule. */
  reserved: number
}

/** The metrics that go with the host's capsule. */
export function barMetrics(width: number, statusBar: number, capsule: MenuButton): BarMetrics {
  const gap = Math.max(0, capsule.top - statusBar)
  return { statusBar, height: gap * 2 + capsule.height, reserved: Math.max(0, width - capsule.left) }
}

/** What the left button does. */
export type LeftButton = 'none' | 'back' | 'home'

export interface BarActions {
  back(): void
  home(): void
  /** The title was tapped twice: WeChat scrolls to the top. */
  top(): void
}

export class NavigationBar {
  readonly element = document.createElement('div')
  readonly #title = document.createElement('div')
  readonly #text = document.createElement('span')
  readonly #actions: BarActions
  #button: HTMLButtonElement | undefined
  #spinner: HTMLElement | undefined

  constructor(actions: BarActions, metrics: BarMetrics) {
    this.#actions = actions
    this.element.className = 'lodger-nav'
    this.#title.className = 'lodger-nav-title'
    this.#title.setAttribute('role', 'heading')
    this.#title.setAttribute('aria-level', '1')
    this.#title.append(this.#text)
    this.element.append(this.#title)
    this.element.addEventListener('dblclick', (event) => {
      if (event.target !== this.#button) actions.top()
    })
    this.layout(metrics)
  }

  /** Places the bar anew: the window or the capsule has changed. */
  layout({ statusBar, height, reserved }: BarMetrics): void {
    const style = this.element.style
    style.height = `${statusBar + height}px`
    style.paddingTop = `${statusBar}px`
    this.#title.style.padding = `0 ${Math.max(48, reserved)}px`
  }

  get title(): string {
    return this.#text.textContent ?? ''
  }

  set title(title: string) {
    this.#text.textContent = title
  }

  set custom(custom: boolean) {
    this.element.classList.toggle('lodger-nav-custom', custom)
  }

  /** CSS colours; `duration` in milliseconds. */
  colour(front: string, background: string, duration = 0, easing = 'linear'): void {
    const style = this.element.style
    style.transition =
      duration > 0 ? `background-color ${duration}ms ${easing}, color ${duration}ms ${easing}` : ''
    style.color = front
    style.backgroundColor = background
  }

  /** Colours that the program names; '' leaves the one that is there. WeChat's front colour is black or white. */
  recolour(front: string, background: string, duration: number, easing: string): void {
    const { color, backgroundColor } = this.element.style
    this.colour(front || color, background || backgroundColor, duration, easing)
  }

  set loading(loading: boolean) {
    if (!loading) {
      this.#spinner?.remove()
      this.#spinner = undefined
    } else if (!this.#spinner) {
      this.#spinner = document.createElement('i')
      this.#spinner.className = 'lodger-nav-spinner'
      this.#title.prepend(this.#spinner)
    }
  }

  set left(kind: LeftButton) {
    this.#button?.remove()
    this.#button = undefined
    if (kind === 'none') return
    const button = document.createElement('button')
    button.className = 'lodger-nav-button'
    button.dataset['action'] = kind
    button.setAttribute('aria-label', kind === 'back' ? '返回 Back' : '首页 Home')
    button.append(icon(kind === 'back' ? BACK : HOME))
    button.addEventListener('click', () => this.#actions[kind]())
    this.element.prepend(button)
    this.#button = button
  }
}
