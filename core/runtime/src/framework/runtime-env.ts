// What the built-in components get of the framework (`RuntimeEnv`).
import type { WxEvents } from '../api/events'
import { callByName, type Wx } from '../api/wx'
import type { Bridge, Json } from '../bridge/client'
import type { Privacy } from '../api/privacy'
import type { BackCatcher } from './back'
import { domOf } from './dom'
import type { RuntimeEnv } from './env'
import type { AppConfig } from './launch'
import type { PageStack } from './page-stack'
import { pageScroller, pageView } from './page-origin'
import type { Reporter } from './reporter'
import { shareTop } from './share'
import type { System } from './system'
import type { Webviews } from './webviews'

/** The parts that the environment is made of. */
export interface EnvParts {
  wx: Wx
  reporter: Reporter
  system: System
  stack: PageStack
  events: WxEvents
  bridge: Bridge
  overlay: HTMLElement
  config: AppConfig
  back: BackCatcher
  webviews: Webviews
  privacy: Privacy
}

/** Makes the environment. */
export function createEnv({
  wx,
  reporter,
  system,
  stack,
  events,
  bridge,
  overlay,
  config,
  back,
  webviews,
  privacy,
}: EnvParts): RuntimeEnv {
  const keyboard = new Set<(height: number, duration: number) => void>()
  bridge.on('keyboard', ({ height, duration }) => {
    for (const listener of keyboard) listener(Number(height), Number(duration))
  })
  const [onTheme] = events.functions('ThemeChange')
  return {
    style: typeof config['style'] === 'string' ? config['style'] : '',
    call: <T>(api: string, args: object = {}) => callByName(wx, api, args) as Promise<T>,
    engine: <T>(api: string, args: Json = {}) => bridge.call(api, args).answer as Promise<T>,
    privacy,
    share: (button) => shareTop(stack, reporter, 'button', domOf(button) ? button : undefined),
    missing: (name) => reporter.missing(name),
    error: (error) => reporter.error(error),
    theme: () => system.theme,
    onTheme: (listener) => onTheme(({ theme }: { theme: 'light' | 'dark' }) => listener(theme)),
    onKeyboard(listener) {
      keyboard.add(listener)
      return () => void keyboard.delete(listener)
    },
    frame: (node) => stack.all.find(({ frame }) => frame.view === pageView(node))?.frame,
    catchBack: (close, host) => back.add(close, host),
    webview: (node, events) => webviews.hold(node, events),
    pageScroller: (node) => pageScroller(node),
    overlay: () => overlay,
  }
}
