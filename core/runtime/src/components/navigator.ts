// navigator: a link to another page.
import { makeFocusable, setAria } from './aria'
import type { Definition, Host } from './host'
import { hoverProperties, watchHover } from './hover'
import { joinPath } from '../framework/url'
import { lookup } from './table'

const APIS: Record<string, string> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
  exit: 'exitMiniProgram',
}

/** A page URL made absolute: relative ones start at the file that holds the navigator. */
export function pageUrl(url: string, from: string): string {
  const at = url.search(/[?#]/)
  const [path, rest] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
  return path === '' ? url : `/${joinPath(from, path)}${rest}`
}

/** `<navigator>`. */
export const navigator: Definition = {
  tag: 'navigator',
  properties: {
    ...hoverProperties('navigator-hover', 50, 600),
    target: [String, 'self'],
    url: [String],
    openType: [String, 'navigate'],
    delta: [Number, 1],
    appId: [String],
    path: [String],
    extraData: [null],
    version: [String, 'release'],
    shortLink: [String],
  },
  create(host) {
    const hover = watchHover(host)
    const focusable = makeFocusable(host, () => false)
    host.on('tap', () => go(host))
    return {
      update() {
        setAria(host, { role: 'link' })
        hover()
        focusable()
      },
    }
  },
}

function go(host: Host): void {
  const openType = host.text('openType') || 'navigate'
  // Only WeChat's own field: a program may keep the detail in its data, and `eventChannel` cannot be copied.
  const done = ({ errMsg }: { errMsg?: unknown }): void => host.emit('success', { errMsg })
  const failed = (error: unknown): void => host.emit('fail', error)
  const complete = (): void => host.emit('complete', {})
  const isOther = host.text('target') === 'miniProgram' && openType === 'navigate'
  const api = isOther ? 'navigateToMiniProgram' : lookup(APIS, openType)
  if (!api) {
    failed({ errMsg: `navigator:fail invalid open-type "${openType}"` })
    return complete()
  }
  const args: Record<string, unknown> = isOther
    ? {
        appId: host.text('appId'),
        path: host.text('path'),
        extraData: host.values.extraData ?? {},
        envVersion: host.text('version'),
        shortLink: host.text('shortLink'),
      }
    : api === 'navigateBack'
      ? { delta: Math.max(1, host.number('delta', 1)) }
      : api === 'exitMiniProgram'
        ? {}
        : { url: pageUrl(host.text('url'), host.ownerPath()) }
  host.env.call(api, args).then(done, failed).then(complete, host.env.error)
}
