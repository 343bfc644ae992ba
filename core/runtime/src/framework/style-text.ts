// Rewriting of style text at run time.
import type { Theme } from './env'

// The character before keeps class names such as `.h-100vh` as they are (no lookbehind before Safari 16.4).
const VH = /([\s:(,+*/])(-?(?:\d+\.?\d*|\.\d+))vh\b/gi

/**
 * In WeChat `100vh` is the height of the page below its navigation bar; here all pages share one document, where
 * it would be the height of the window. The page's frame sets `--lodger-vh` to a hundredth of its own height.
 */
export function viewportUnits(style: string): string {
  if (!/vh/i.test(style)) return style
  return style.replace(VH, '$1calc(var(--lodger-vh,1vh)*$2)')
}

const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi

/**
 * Media queries for dark and light follow the program's theme, as in WeChat: the webview's own preference may be
 * another, and a program without `darkmode` is light. Conditions that hold always or never stand in.
 */
export function colourScheme(style: string, theme: Theme): string {
  if (!/prefers-color-scheme/i.test(style)) return style
  return style.replace(SCHEME, (_, wanted: string) =>
    wanted.toLowerCase() === theme ? '(min-width:0px)' : '(max-width:0px)',
  )
}
