// Components that have no meaning outside of WeChat, or that are not here yet.
import type { ComponentSpace } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import { componentRows } from './component-table'
import type { Definition } from './host'
import { registerComponent } from './register'

/** A box without behaviour; `report`: programs that use it are told that it is missing. */
function plain(tag: string, report: boolean): Definition {
  return {
    tag,
    create(host) {
      if (report) host.env.missing(`component ${tag}`)
    },
  }
}

/**
 * Registers a plain box for every component of WeChat that has no definition in `defined`, and for any tag that nobody
 * knows. Those that the table calls partial do well enough as a box, or draw nothing by nature (base.css hides them).
 */
export function registerUnsupported(
  space: ComponentSpace,
  env: RuntimeEnv,
  defined: readonly Definition[],
): void {
  const works = new Set(defined.map(({ tag }) => tag))
  for (const { tag, status } of componentRows)
    if (!works.has(tag)) registerComponent(space, env, plain(tag, status === 'none'))

  const known = space.getGlobalUsingComponent.bind(space)
  space.getGlobalUsingComponent = (tag) => {
    const found = known(tag)
    if (found !== null || tag === '') return found
    registerComponent(space, env, plain(tag, true))
    return known(tag)
  }
}
