// Components that have no meaning outside of WeChat, or that are not here yet.
import type { ComponentSpace } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import type { Definition } from './host'
import { registerComponent } from './register'

/** Draw nothing, in WeChat too where there is nothing to show: advertising, WeChat accounts. */
// prettier-ignore
const SILENT = [
  'ad', 'ad-custom', 'official-account', 'official-account-publish', 'open-data', 'open-data-item', 'open-data-list',
  'functional-page-navigator', 'channel-live', 'channel-video', 'store-home', 'store-product', 'store-coupon',
  'page-meta', 'navigation-bar', 'keyboard-accessory', 'voip-room', 'live-player', 'live-pusher',
]

/** Would draw something: counted as missing, and their children are shown in a plain box. */
// prettier-ignore
const MISSING = [
  'map', 'camera', 'editor', 'editor-portal', 'xr-frame', 'sticky-section', 'sticky-header', 'grid-view', 'list-view',
  'grid-builder', 'list-builder', 'draggable-sheet', 'snapshot', 'span', 'selection', 'nested-scroll-header',
  'nested-scroll-body', 'tap-gesture-handler', 'double-tap-gesture-handler', 'pan-gesture-handler',
  'scale-gesture-handler', 'force-press-gesture-handler', 'long-press-gesture-handler',
  'horizontal-drag-gesture-handler', 'vertical-drag-gesture-handler',
]

/** These work well enough as plain boxes, so they are not reported. */
const PLAIN = new Set([
  'span',
  'selection',
  'snapshot',
  'sticky-section',
  'sticky-header',
  'grid-view',
  'list-view',
])

function definition(tag: string, report: boolean): Definition {
  return {
    tag,
    create(host) {
      if (report) host.env.missing(`component ${tag}`)
    },
  }
}

/** Registers them, and a catch-all for tags that nobody knows: an inline box, reported as missing. */
export function registerUnsupported(space: ComponentSpace, env: RuntimeEnv): void {
  for (const tag of SILENT) registerComponent(space, env, definition(tag, false))
  for (const tag of MISSING) registerComponent(space, env, definition(tag, !PLAIN.has(tag)))

  const known = space.getGlobalUsingComponent.bind(space)
  space.getGlobalUsingComponent = (tag) => {
    const found = known(tag)
    if (found !== null || tag === '') return found
    registerComponent(space, env, definition(tag, true))
    return known(tag)
  }
}
