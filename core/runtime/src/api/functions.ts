// Puts `wx` together from its parts.
import type { Bridge } from '../bridge/client'
import type { App } from '../framework/app'
import type { BackCatcher } from '../framework/back'
import type { Launch } from '../framework/launch'
import type { Page } from '../framework/page'
import type { PageStack } from '../framework/page-stack'
import type { Reporter } from '../framework/reporter'
import type { System } from '../framework/system'
import type { TabBar } from '../framework/tab-bar'
import type { Timeline } from '../framework/timeline'
import { addUi } from '../ui/index'
import { componentOf } from '../framework/dom'
import { resolveUrl } from '../framework/url'
import { createAnimation } from './animation'
import { addAudio } from './audio'
import { addDevice } from './device'
import { failure } from './call'
import { addChoosing } from './choose'
import { addCanvas } from './canvas'
import type { WxEvents } from './events'
import { FileSystem } from './file-system'
import { addFiles, tempFile } from './files'
import { canIUse } from './can-i-use'
import { loadFontFace } from './fonts'
import { addIdle } from './idle'
import { addInert } from './inert'
import { addInformation } from './information'
import { addKeyboard } from './keyboard'
import { addLeaving } from './leaving'
import { addShareMenu } from './share-menu'
import type { Privacy } from './privacy'
import { createPerformance } from './performance'
import { createLogManager, createRealtimeLogManager } from './logs'
import { addNavigation } from './navigation'
import { addOpen } from './open'
import { WxIntersectionObserver, WxMediaQueryObserver } from './observers'
import { addPageChrome } from './page-chrome'
import { limitDevice, registered, registeredRows } from './registry'
import { addRandom } from './random'
import { addPictures } from './picture-functions'
import { request } from './request'
import type { Taps } from './tap'
import { SelectorQuery } from './selector-query'
import { addStorage, Storage } from './storage'
import { addSockets } from './socket'
import { addTabBar } from './tab-bar'
import { createUpdateManager } from './update-manager'
import { addMediaContexts } from './video'
import { taskMaker } from './task'
import { downloadFile, preDownloadSubpackage, uploadFile } from './transfer'
import { createWx, Implementations, type Wx } from './wx'

/** What the functions work on. */
export interface FunctionParts {
  launch: Launch
  bridge: Bridge
  reporter: Reporter
  system: System
  stack: PageStack
  tabBar: TabBar | undefined
  app: App
  events: WxEvents
  back: BackCatcher
  timeline: Timeline
  taps: Taps
  privacy: Privacy
}

/** Makes `wx`. */
export function createFunctions(parts: FunctionParts): Wx {
  const { launch, bridge, reporter, system, stack, tabBar, app, events, timeline } = parts
  if (launch.development) reporter.trace((name) => registered(name)?.kind === 'local')
  limitDevice(launch.device ?? [])
  const own = new Implementations(reporter)
  addStorage(own, new Storage(bridge, launch))
  const task = taskMaker(bridge, reporter)
  own.set({
    request: task(request(bridge)),
    downloadFile: task(downloadFile),
    preDownloadSubpackage: task(preDownloadSubpackage),
    uploadFile: task(uploadFile(bridge)),
  })
  addFiles(own, new FileSystem(bridge), reporter)
  addNavigation(own, bridge, () => stack, parts.back)
  const top = (api: string): Page => {
    const page = stack.top
    if (!page) throw failure(api, 'no page is open')
    return page
  }
  addPageChrome(own, top, () => stack, reporter)
  addTabBar(own, top, tabBar)
  const view = (): { width: number; height: number } | undefined =>
    stack.top?.frame.view.getBoundingClientRect()
  addInformation(own, launch, system, { view, enter: () => app.enter }, reporter)
  addInert(own)
  addLeaving(own, top)
  addShareMenu(own, top)
  addKeyboard(own)
  addRandom(own, reporter)
  addIdle(own, reporter)
  own.async('loadFontFace', loadFontFace, { family: 'String', source: 'String', desc: 'Object?' })
  addDevice(own, bridge)
  addOpen(own, bridge, parts.taps)
  addSockets(own, { bridge, reporter, events })
  addUi(own)
  const topComponent = (): import('glass-easel').GeneralComponent | undefined => stack.top?.component
  const updates = createUpdateManager(bridge, reporter)
  const performanceObject = createPerformance(timeline, reporter)
  const logs = createLogManager()
  const realtimeLogs = createRealtimeLogManager()
  const resolve = (source: string): string => resolveUrl(source, stack.top?.path ?? '')
  addChoosing(own, bridge)
  addPictures(own, bridge, resolve)
  addAudio(own, { bridge, reporter, events, resolve })
  addMediaContexts(own, topComponent, (name) => reporter.missing(name))
  addCanvas(own, {
    reporter,
    top: topComponent,
    resolve,
    tempFile: (bytes, extension) => tempFile(bridge, bytes, extension),
  })
  own.set({
    getUpdateManager: () => updates,
    getPerformance: () => performanceObject,
    getLogManager: () => logs,
    getRealtimeLogManager: () => realtimeLogs,
    createAnimation,
    createSelectorQuery: () => new SelectorQuery(topComponent(), reporter),
    createIntersectionObserver: (caller, options = {}) =>
      new WxIntersectionObserver(componentOf(caller) ?? topComponent(), options, reporter),
    createMediaQueryObserver: () => new WxMediaQueryObserver(reporter),
  })
  for (const { name, kind } of registeredRows()) {
    if (kind !== 'event') continue
    const [on, off] = events.functions(name.replace(/^(?:on|off)/, ''))
    own.event(name, name.startsWith('off') ? off : on)
  }
  own.set({ canIUse })
  // After the events: its listener is one, and the latest.
  parts.privacy.add(own)
  const wx = createWx(own, bridge, reporter)
  parts.privacy.guard(wx)
  return wx
}
