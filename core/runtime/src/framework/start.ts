// From a document with its packages to the first page; then the host's events for as long as it lives.
import type { WxEvents } from '../api/events'
import type { Bridge, Json } from '../bridge/client'
import type { App } from './app'
import { devCommand } from './dev'
import { hot } from './hot'
import type { EnterOptions, Launch } from './launch'
import type { Loader } from './loader'
import { showBuildErrors, showError } from './overlay'
import type { PageStack, Route } from './page-stack'
import type { Reporter } from './reporter'
import { shareFromMenu } from './share'
import type { System } from './system'
import type { TabBar } from './tab-bar'

/** The parts of the program. */
export interface Program {
  launch: Launch
  bridge: Bridge
  opened: Promise<void>
  reporter: Reporter
  system: System
  stack: PageStack
  tabBar: TabBar | undefined
  app: App
  events: WxEvents
  loader: Loader
  overlay: HTMLElement
}

/** Starts the program; errors on the way are reported, and the engine's time-out tells the user. */
export function start(program: Program): void {
  listen(program)
  void run(program).catch((error: unknown) => program.reporter.error(error, 'start'))
}

async function run({ launch, opened, reporter, stack, app, loader }: Program): Promise<void> {
  // Blocking calls of app.js need the open bridge, code needs its package: the entry page's own and the main one.
  const name = loader.packageOf(launch.page.path)
  const independent = launch.config.subPackages?.some(
    (item) => item.independent && loader.isPackage(item, name),
  )
  await Promise.all([opened, independent ? undefined : loader.loadPackage('main'), loader.loadPackage(name)])
  if (loader.hasModule('app.js')) reporter.guard('app.js', () => loader.run('app.js'))
  app.launch()
  if (!loader.has(launch.page.path)) app.pageNotFound(launch.page.path, launch.page.query)
  // In turn, so that each page lives through what it did before: it is opened, then covered by the next.
  for (let depth = 1; depth <= launch.stack.length; depth++)
    await stack.apply(
      { type: 'appLaunch', stack: launch.stack.slice(0, depth), alive: [] },
      undefined,
      launch.exitState ?? undefined,
    )
}

function listen(program: Program): void {
  const { bridge, reporter, stack, app, events, system, tabBar, overlay, loader } = program
  loader.onLazyError = (name, error) =>
    void events.emit('LazyLoadError', { type: 'subpackage', subpackage: [name], errMsg: String(error) })
  const on = (event: string, run: (args: Json) => void): void =>
    bridge.on(event, (args) => void reporter.guard(`event ${event}`, () => run(args)))

  on('route', (args) => {
    const route = (args['route'] ?? args) as Route
    stack.apply(route).catch((error: unknown) => reporter.error(error, 'route'))
  })
  on('appShow', (args) => {
    app.show({ ...app.enter, ...(args as Partial<EnterOptions>) })
    stack.foreground = true
  })
  on('appHide', () => {
    stack.foreground = false
    app.hide()
    saveExitState(stack, reporter)
  })
  on('share', () => shareFromMenu(stack, reporter))
  on('themeChange', ({ theme }) => {
    const before = system.theme
    system.theme = theme === 'dark' ? 'dark' : 'light'
    if (system.theme === before) return
    stack.retheme()
    if (system.config.tabBar) tabBar?.restyle(system.config.tabBar)
    app.themeChanged(system.theme)
  })
  on('networkStatusChange', (args) => {
    system.networkType = String(args['networkType'])
    events.emit('NetworkStatusChange', args)
  })
  on('memoryWarning', (args) => void events.emit('MemoryWarning', args))
  on('keyboard', (args) => void events.emit('KeyboardHeightChange', args))
  on('overlay', ({ text, build }) =>
    build === true ? showBuildErrors(overlay, String(text)) : showError(overlay, String(text)),
  )
  on('hot', (args) => hot(program, args))
  on('dev', (args) =>
    devCommand(stack, overlay, args)
      .catch((error: unknown) => ({ error: String(error) }))
      .then((result) => reporter.send('dev', { id: args['id'], result })),
  )
  watchSize(program)
}

/** WeChat keeps what a page saved for a day, if it does not say how long. */
const EXIT_STATE_TIME = 24 * 60 * 60 * 1000

/** The program may be ended from here on: the engine keeps where it was left (`restartStrategy`). */
function saveExitState(stack: PageStack, reporter: Reporter): void {
  const page = stack.top
  if (!page) return
  const saved = (page.call('onSaveExitState') ?? {}) as { data?: unknown; expireTimeStamp?: unknown }
  const expires = Number(saved.expireTimeStamp ?? Date.now() + EXIT_STATE_TIME)
  reporter.send('exitState', { data: (saved.data ?? null) as Json[string], expires })
}

/** The window itself tells of its size first; the host's event adds nothing but is there for hosts that scale. */
function watchSize({ bridge, reporter, stack, system, events }: Program): void {
  let width = system.width
  let height = system.height
  const resized = (): void => {
    stack.relayout()
    if (system.width === width && system.height === height) return
    width = system.width
    height = system.height
    const view = stack.top?.frame.view.getBoundingClientRect()
    const size = {
      windowWidth: view?.width ?? width,
      windowHeight: view?.height ?? height,
      screenWidth: width,
      screenHeight: height,
    }
    const event = { deviceOrientation: width > height ? 'landscape' : 'portrait', size }
    for (const page of stack.pages) {
      page.call('onResize', event)
      page.lifetime('resize', event)
    }
    events.emit('WindowResize', event)
    events.emit('MenuButtonBoundingClientRectWeightChange', { ...system.menuButton })
  }
  window.addEventListener('resize', () => reporter.guard('resize', resized))
  bridge.on('windowResize', ({ system: changed }) => {
    if (changed && typeof changed === 'object') system.change(changed as Record<string, unknown>)
    reporter.guard('resize', resized)
  })
}
