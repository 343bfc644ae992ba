// glass-easel and its adapter, set up for programs: one code space, our backend, ids as in the template.
import * as glassEasel from 'glass-easel'
import { MiniProgramEnv, type AssociatedBackend, type CodeSpace } from 'glass-easel-miniprogram-adapter'
import { Backend } from './backend'
import { ProgramStyleSheets } from './style-sheets'

/** What pages and components are made with. */
export interface Tree {
  space: CodeSpace
  backend: Backend
  associated: AssociatedBackend
  sheets: ProgramStyleSheets
}

/** Makes it. Once a document. */
export function createTree(): Tree {
  const env = new MiniProgramEnv()
  const space = env.createCodeSpace('', true)
  const scopes = space.getComponentSpace().styleScopeManager
  const sheets = new ProgramStyleSheets((scope) => scopes.queryName(scope) ?? '')
  const backend = new Backend(sheets)
  const associated = env.associateBackend(backend as unknown as glassEasel.GeneralBackendContext)
  backend.onEvent((target, type, detail, options) => {
    const event = new glassEasel.Event(type, detail, options)
    glassEasel.Event.dispatchEvent(target, event)
    return event.getEventBubbleStatus()
  })
  keepIds(space)
  callReady(space)
  insertIntoSlots()
  return { space, backend, associated, sheets }
}

/**
 * The adapter prefixes ids with a random text for each component. Ids of a template are needed as they are: for
 * `#id` in WXSS, for `scroll-into-view`, for `label for`.
 */
function keepIds(space: CodeSpace): void {
  type Prepare = (is: string, options?: object) => [glassEasel.ComponentOptions, unknown]
  const inner = space as unknown as { prepareComponentOptions: Prepare }
  const prepare = inner.prepareComponentOptions.bind(space)
  inner.prepareComponentOptions = (is, options) => {
    const [prepared, isolation] = prepare(is, options)
    prepared.idPrefixGenerator = null
    prepared.writeIdToDOM = true
    prepared.writeFieldsToNode = false
    prepared.useMethodCallerListeners = false
    return [prepared, isolation]
  }
}

/**
 * glass-easel never calls the lifetime `ready`. Here it runs when everything that came into the page together with
 * the component is there, before the page's `onReady`.
 */
function callReady(space: CodeSpace): void {
  let waiting: glassEasel.GeneralComponent[] = []
  const flush = (): void => {
    const components = waiting
    waiting = []
    for (const component of components) component.triggerLifetime('ready', [])
  }
  const behavior = space.getComponentSpace().defineBehavior({
    lifetimes: {
      attached(this: unknown) {
        if (waiting.length === 0) void Promise.resolve().then(flush)
        waiting.push((this as { _$: glassEasel.GeneralComponent })._$)
      },
    },
  })
  space.setOverallBehavior(behavior as unknown as glassEasel.GeneralBehavior)
}

/**
 * A block (`wx:if`, `wx:for`, a slot) has no element of its own: what comes into it later goes into the nearest element
 * around it. glass-easel takes the host element for it, also where the children of an external component stand deeper
 * (`scroll-view`, `swiper`), so they would stand beside the others, or fail to get in.
 */
function insertIntoSlots(): void {
  type Place = glassEasel.domlikeBackend.Element | null
  const inner = glassEasel.Element as unknown as { findNearestNonVirtual(node: glassEasel.Element): Place }
  const find = inner.findNearestNonVirtual
  inner.findNearestNonVirtual = (node) => {
    const found = find(node)
    const around = found?.__wxElement
    const component = around && glassEasel.Component.isComponent(around) ? around : null
    if (!component?.isExternal()) return found
    return (component.shadowRoot as glassEasel.ExternalShadowRoot).slot as Place
  }
}
