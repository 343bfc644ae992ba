// What the engine puts into the first HTML (core/docs/bridge.md, core/docs/bundle.md): types, and reading it.

/** A value of `window` configuration: as in app.json and page.json. */
export interface WindowConfig {
  navigationBarTitleText?: string
  navigationBarBackgroundColor?: string
  navigationBarTextStyle?: string
  navigationStyle?: string
  backgroundColor?: string
  backgroundColorContent?: string
  backgroundTextStyle?: string
  enablePullDownRefresh?: boolean
  onReachBottomDistance?: number
  disableScroll?: boolean
  homeButton?: boolean
  [key: string]: unknown
}

/** One entry of the tab bar. Asset paths have no leading slash. */
export interface TabItem {
  pagePath: string
  text: string
  iconPath?: string
  selectedIconPath?: string
}

/** The tab bar of app.json. */
export interface TabBarConfig {
  color?: string
  selectedColor?: string
  backgroundColor?: string
  borderStyle?: string
  position?: string
  custom?: boolean
  list: TabItem[]
}

/** app.json of the bundle. */
export interface AppConfig {
  name: string
  pages: string[]
  tabBar?: TabBarConfig
  window?: WindowConfig
  pageConfigs?: Record<string, WindowConfig>
  subPackages?: { name: string; root: string; independent?: boolean; pages: string[] }[]
  preloadRule?: Record<string, { network?: string; packages: string[] }>
  networkTimeout?: Record<string, number>
  darkmode?: boolean
  theme?: Partial<Record<'light' | 'dark', Record<string, unknown>>>
  [key: string]: unknown
}

/** Path, query and origin of one showing of the program. */
export interface EnterOptions {
  path: string
  query: Record<string, string>
  scene: number
  referrerInfo: Record<string, unknown>
  shareTicket?: string
}

/** A page as the engine's stack names it. */
export interface RoutePage {
  id: number
  path: string
  query: Record<string, string>
}

/** Rectangle of the host's capsule, CSS pixels from the top left. */
export interface MenuButton {
  left: number
  top: number
  right: number
  bottom: number
  width: number
  height: number
}

/** The host's description of the device: WeChat's SystemInfo, and the capsule. */
export interface HostSystem {
  menuButton?: MenuButton
  statusBarHeight?: number
  safeAreaBottom?: number
  theme?: 'light' | 'dark'
  safeArea?: MenuButton
  networkType?: string
  [key: string]: unknown
}

/** The whole launch object. */
export interface Launch {
  v: 1
  development: boolean
  app: { id: string; name: string; version: string; envVersion: 'develop' | 'trial' | 'release' }
  launch: EnterOptions
  /** The top page of `stack`. */
  page: RoutePage
  /** Bottom first; more than one page only where the edit loop loads the document again. */
  stack: RoutePage[]
  /** What `onSaveExitState` of that page gave when the program was left on it; null for nothing. */
  exitState?: unknown
  config: AppConfig
  /** Functions of the device that this host carries out. */
  device?: string[]
  packages: { name: string; root: string; script: string }[]
  system: HostSystem
  storage: { complete: boolean; items: Record<string, string>; currentSize: number; limitSize: number }
}

/** Reads the launch object of the document. Throws if the engine did not write one. */
export function readLaunch(document: Document): Launch {
  const text = document.getElementById('lodger-launch')?.textContent
  if (!text) throw new Error('This document has no launch object: it was not opened by a Lodger host.')
  const launch = JSON.parse(text) as Launch
  if (launch.v !== 1)
    throw new Error(`Launch object version ${String(launch.v)} is not supported: update the program's host.`)
  return launch
}

const inlineKeys = new Set(['navigationBarTitleText'])

/**
 * Replaces "@name" values by those of the theme, deeply; unknown names and titles stay as they are.
 * Returns a new object.
 */
export function withTheme<T>(value: T, theme: Record<string, unknown> | undefined): T {
  if (!theme || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => withTheme(item as unknown, theme)) as T
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const named = typeof item === 'string' && item.startsWith('@') && !inlineKeys.has(key)
    out[key] = named ? (theme[item.slice(1)] ?? item) : withTheme(item as unknown, theme)
  }
  return out as T
}
