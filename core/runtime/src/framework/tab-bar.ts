// The tab bar: one element for the whole program, which stands in the frame of the tab page that is shown.
import type { TabBarConfig, TabItem } from './launch'
import { resolveUrl } from './url'

/** What a badge shows: text, a dot, or nothing. */
type Badge = { text: string } | 'dot' | undefined

export class TabBar {
  readonly element = document.createElement('div')
  readonly #items: { item: TabItem; button: HTMLButtonElement; badge: Badge }[]
  #config: TabBarConfig
  #selected = -1

  /** `onTap` gets the index of the tab that a person chose. */
  constructor(config: TabBarConfig, onTap: (index: number) => void) {
    this.#config = config
    this.element.className = 'lodger-tabs'
    this.element.setAttribute('role', 'tablist')
    this.element.classList.toggle('lodger-top', config.position === 'top')
    this.#items = config.list.map((item, index) => {
      const button = document.createElement('button')
      button.className = 'lodger-tab'
      button.setAttribute('role', 'tab')
      button.addEventListener('click', () => onTap(index))
      this.element.append(button)
      return { item: { ...item }, button, badge: undefined }
    })
    this.#draw()
  }

  /** Number of tabs. */
  get length(): number {
    return this.#items.length
  }

  /** The tab at `index`, as it is now. */
  item(index: number): TabItem | undefined {
    return this.#items[index]?.item
  }

  /** Index of the tab of a page path, or -1. */
  indexOf(path: string): number {
    return this.#items.findIndex(({ item }) => tabPath(item) === path)
  }

  select(index: number): void {
    this.#selected = index
    this.#draw()
  }

  /** Another theme, or `wx.setTabBarStyle`. */
  restyle(style: Partial<TabBarConfig>): void {
    this.#config = { ...this.#config, ...style }
    const list = style.list
    if (list) this.#items.forEach((entry, index) => Object.assign(entry.item, list[index]))
    this.#draw()
  }

  setItem(index: number, change: Partial<TabItem>): void {
    const entry = this.#items[index]
    if (!entry) return
    Object.assign(entry.item, change)
    this.#draw()
  }

  setBadge(index: number, badge: Badge): void {
    const entry = this.#items[index]
    if (!entry) return
    entry.badge = badge
    this.#draw()
  }

  set hidden(hidden: boolean) {
    this.element.hidden = hidden
  }

  #draw(): void {
    const {
      color = '#7a7e83',
      selectedColor = '#07c160',
      backgroundColor = 'var(--lodger-page)',
      borderStyle,
    } = this.#config
    this.element.style.backgroundColor = backgroundColor
    this.element.style.borderColor = borderStyle === 'white' ? 'rgba(255,255,255,.6)' : ''
    this.#items.forEach(({ item, button, badge }, index) => {
      const on = index === this.#selected
      const path = (on && item.selectedIconPath) || item.iconPath
      const url = path && this.#config.position !== 'top' ? resolveUrl(path, '') : ''
      button.style.color = on ? selectedColor : color
      button.setAttribute('aria-selected', String(on))
      button.classList.toggle('lodger-plain', !url)
      button.replaceChildren(...picture(button, url), label(item.text), ...badgeElement(badge))
    })
  }
}

/** The page of a tab, without WeChat's old `.html`. */
export function tabPath(item: TabItem): string {
  return item.pagePath.replace(/^\//, '').replace(/\.html$/, '')
}

function picture(button: HTMLElement, url: string): HTMLElement[] {
  if (!url) return []
  const old = button.querySelector('img')
  const image = old ?? document.createElement('img')
  // Setting the same address again would make the icon flicker.
  if (image.getAttribute('src') !== url) image.src = url
  image.alt = ''
  return [image]
}

function label(text: string): HTMLElement {
  const span = document.createElement('span')
  span.textContent = text
  return span
}

function badgeElement(badge: Badge): HTMLElement[] {
  if (!badge) return []
  const element = document.createElement('b')
  if (badge === 'dot') element.className = 'lodger-dot'
  // WeChat shows at most three characters.
  else element.textContent = badge.text.length > 3 ? `${badge.text.slice(0, 3)}…` : badge.text
  return [element]
}
