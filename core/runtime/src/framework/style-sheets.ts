// The program's style sheets. Each page is drawn in a shadow root of its own with the sheets it uses, so that rules of
// one page (`page { background }`, `.title`) never reach another, not even while two pages slide past each other.
import type { StyleSheets } from './backend'
import type { Theme } from './env'
import { colourScheme, viewportUnits } from './style-text'

const FONT_FACE = /@font-face\s*\{[^}]*\}/g

export class ProgramStyleSheets implements StyleSheets {
  readonly #sources = new Map<string, string>()
  readonly #texts = new Map<string, string>()
  /** Class prefix by path, of sheets in use. */
  readonly #names = new Map<string, string>()
  readonly #fonts = new Map<string, HTMLStyleElement>()
  readonly #scopeName: (scope: number) => string
  #recording: Set<string> | undefined

  /** `scopeName` gives the class prefix of a style scope. */
  constructor(scopeName: (scope: number) => string) {
    this.#scopeName = scopeName
  }

  /** Adds the sheets of a package: path to text, as the compiler wrote it. */
  define(styles: Record<string, string>): void {
    for (const [path, text] of Object.entries(styles)) this.#sources.set(path, text)
  }

  /** Whether the package that is loaded has a sheet for `path`. */
  has(path: string): boolean {
    return this.#sources.has(path)
  }

  /** Runs `build` and returns which sheets it used, in order: app.wxss, components, the page. */
  record<T>(build: () => T): { result: T; used: string[] } {
    const outer = this.#recording
    const used = new Set<string>()
    this.#recording = used
    try {
      return { result: build(), used: [...used] }
    } finally {
      this.#recording = outer
    }
  }

  use(path: string, scope?: number): number {
    this.#recording?.add(path)
    if (this.#texts.has(path)) return 0
    this.#names.set(path, scope ? this.#scopeName(scope) : '')
    this.#install(path)
    return 0
  }

  /** Sheets in use follow their sources, which were defined anew. */
  renew(): void {
    for (const path of this.#names.keys()) this.#install(path)
  }

  #install(path: string): void {
    const name = this.#names.get(path)
    const text = viewportUnits(this.#sources.get(path) ?? '')
      .replace(/\/\*~\*\//g, name ? `${name}--` : '')
      .replace(/\[wx-host=""\]/g, `[wx-host="${name}"]`)
      .replace(/:root\b/g, 'wx-page')
    // Browsers ignore fonts that are declared in a shadow root.
    const fonts = (text.match(FONT_FACE) ?? []).join('\n')
    const known = this.#fonts.get(path)
    if (fonts !== (known?.textContent ?? '')) {
      known?.remove()
      const added = styleElement(fonts, path)
      this.#fonts.set(path, added)
      document.head.append(added)
    }
    this.#texts.set(path, fonts === '' ? text : text.replace(FONT_FACE, ''))
  }

  /** The sheet of `path` as a page in `theme` needs it; the browser shares the parsed text of equal elements. */
  text(path: string, theme: Theme): string {
    return colourScheme(this.#texts.get(path) ?? '', theme)
  }
}

/** A style element; `name` is only for people who look at it. */
export function styleElement(text: string, name: string): HTMLStyleElement {
  const element = document.createElement('style')
  element.textContent = text
  element.dataset['path'] = name
  return element
}
