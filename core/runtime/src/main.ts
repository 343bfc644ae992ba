// Entry of the base library: puts the parts together, and starts the program of this document.
//
// The order matters. Browser functions are taken before code of a program runs; the bridge says hello while the
// packages load; pages are shown when both are there.
import { WxEvents } from './api/events'
import { createFunctions } from './api/functions'
import { Privacy } from './api/privacy'
import { Taps } from './api/tap'
import { Bridge } from './bridge/client'
import { takeNatives } from './bridge/natives'
import { registerComponents } from './components/index'
import { App } from './framework/app'
import { BackCatcher } from './framework/back'
import { start } from './framework/start'
import { Definitions } from './framework/definitions'
import { catchErrors } from './framework/errors'
import { extendCallers } from './framework/caller'
import { createEnv } from './framework/runtime-env'
import { Gestures } from './framework/gestures'
import { readLaunch } from './framework/launch'
import { Loader } from './framework/loader'
import { createOverlay, showBadge } from './framework/overlay'
import { PageStack } from './framework/page-stack'
import { captureConsole, Reporter } from './framework/reporter'
import { createAppGlobal, createFunction } from './framework/scope'
import { leave } from './api/leaving'
import { RouteTrace } from './framework/route-trace'
import { Timeline } from './framework/timeline'
import { styleElement } from './framework/style-sheets'
import { System } from './framework/system'
import { TabBar } from './framework/tab-bar'
import { createTree } from './framework/tree'
import { Webviews } from './framework/webviews'
import { createWxsRuntime, defineWxsConstructorNames } from './framework/wxs'
import baseCss from './ui/base.css'
import mediaCss from './ui/media.css'
import frameCss from './framework/frame.css'

function main(): void {
  const natives = takeNatives(window)
  // A service worker would sit between this document and the engine (DESIGN 4).
  Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined, configurable: false })
  const launch = readLaunch(document)
  const bridge = new Bridge(natives, window)
  const reporter = new Reporter(bridge)
  captureConsole(console, reporter)
  const opened = bridge.open()

  document.head.append(styleElement(frameCss, 'frame'))
  const system = new System(launch)
  const container = document.createElement('div')
  container.id = 'lodger-app'
  document.body.append(container)
  const overlay = createOverlay(document.body)
  if (launch.development) showBadge(overlay)

  const timeline = new Timeline()
  const events = new WxEvents(reporter)
  const app = new App(reporter, events, launch.launch)
  catchErrors(reporter, app, launch.development)
  const tree = createTree()
  const gestures = new Gestures(tree.backend)
  gestures.listen(document.documentElement)
  const taps = new Taps()
  gestures.onTap(taps.tapped)
  // Whoever cannot tap presses keys.
  window.addEventListener('keydown', taps.tapped, true)
  const privacy = new Privacy(bridge, reporter, launch.config['__usePrivacyCheck__'] === true)
  const loader = new Loader(tree.space, tree.sheets, reporter, launch.packages)
  const tabBar = system.config.tabBar && new TabBar(system.config.tabBar, (index) => tapTab(index))
  let firstReady = true
  const stack = new PageStack(
    container,
    { space: tree.space, backend: tree.associated, loader, sheets: tree.sheets, reporter },
    system,
    tabBar,
    baseCss + mediaCss,
    {
      back: () => {
        if (!webviews.back()) void leave(stack.top, () => wx.navigateBack?.())
      },
      home: () => void wx.reLaunch?.({ url: `/${system.config.pages[0] ?? ''}` }),
      routing: (type) => new RouteTrace((event, value) => void events.emit(event, value), timeline, type),
      ready(page) {
        if (firstReady) timeline.launched(page.path, page.id)
        if (firstReady)
          requestAnimationFrame(() => reporter.send('firstContent', { ms: Math.round(performance.now()) }))
        firstReady = false
        reporter.send('pageReady', { path: page.path })
      },
      titled: (title) => {
        // Screen readers say it when the page is entered.
        document.title = title
        reporter.send('title', { title })
      },
    },
  )
  reporter.setPage(() => stack.top?.path ?? '')
  const back = new BackCatcher(bridge)
  const webviews = new Webviews(bridge, stack, reporter)
  const wx = createFunctions({
    launch,
    bridge,
    reporter,
    system,
    stack,
    tabBar,
    app,
    events,
    timeline,
    back,
    taps,
    privacy,
  })
  const tapTab = (index: number): void => {
    const item = tabBar?.item(index)
    if (item)
      wx.switchTab?.({
        url: `/${item.pagePath}`,
        success: () => stack.tabTapped(index),
        fail: ({ errMsg }) => reporter.error({ errMsg }),
      })
  }

  const env = createEnv({
    wx,
    reporter,
    system,
    stack,
    events,
    bridge,
    overlay,
    config: launch.config,
    back,
    webviews,
    privacy,
  })
  registerComponents(tree.space.getComponentSpace(), env)
  extendCallers(reporter, () => stack, wx)
  defineWxsConstructorNames()

  const definitions = new Definitions(tree.space, reporter)
  const names = {
    wx,
    App: app.define,
    getApp: app.get,
    Page: definitions.page,
    Component: definitions.component,
    Behavior: definitions.behavior,
    getCurrentPages: () => stack.pages.map((page) => page.caller),
    requirePlugin: (name: unknown) => {
      reporter.missing('requirePlugin')
      throw new Error(`plugin "${String(name)}" is not available: plugins cannot run here`)
    },
    __wxConfig: { envVersion: launch.app.envVersion, accountInfo: { appId: launch.app.id } },
  }
  const scope = createAppGlobal(window, names)
  Object.assign(window, names)
  loader.prepare(definitions, scope, createFunction(scope, window))
  loader.onLateComponent = (paths) => stack.addStyles(paths)
  Object.defineProperty(window, '__lodger', {
    value: Object.freeze({
      definePackage: (name: string, factory: Parameters<Loader['define']>[1]) =>
        timeline.evaluate(launch.packages, name, () => loader.define(name, factory)),
      wxs: Object.freeze(createWxsRuntime(reporter)),
      receive: (message: unknown) => bridge.receive(message),
    }),
  })
  start({ launch, bridge, opened, reporter, system, stack, tabBar, app, events, loader, overlay })
}

main()
