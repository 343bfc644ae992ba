// The edit loop (event `hot`, core/docs/bridge.md): a new build takes the place of the one that runs. Where only
// templates and style sheets differ, the document stays with all its data; otherwise it is loaded again, and the engine
// opens the same pages.
import * as glassEasel from 'glass-easel'
import type { Json } from '../bridge/client'
import { hostOf } from '../components/host'
import { clearErrors } from './overlay'
import type { Program } from './start'

type Component = glassEasel.GeneralComponent

/** Follows a new build. */
export async function hot({ loader, stack, overlay, reporter }: Program, args: Json): Promise<void> {
  clearErrors(overlay)
  if (args['reload'] === true) {
    location.reload()
    return
  }
  try {
    await Promise.all((args['scripts'] as string[]).map((url) => loader.reloadPackage(url)))
    await stack.settled
    const templates = new Set(args['templates'] as string[])
    for (const path of templates) loader.renewTemplate(path)
    for (const root of stack.all.flatMap((page) => page.roots)) redrawIn(root, templates)
    stack.restyle()
  } catch (error) {
    reporter.error(error, 'hot')
  }
}

/** Draws the component, or those in it, anew that have another template. */
function redrawIn(component: Component, templates: Set<string>): void {
  if (templates.has(component.is)) redraw(component)
  else for (const inner of below(component)) if (templates.has(inner.is)) redrawIn(inner, templates)
}

/** Its template makes new components: each gets the state of the one that was in its place. */
function redraw(component: Component): void {
  const states = new Map<string, State[]>()
  const before = new Set(below(component))
  for (const inner of before) {
    const list = states.get(inner.is) ?? []
    states.set(inner.is, list)
    list.push(stateOf(inner))
  }
  component.applyTemplateUpdates()
  // The state of one may bring others into being, so the tree is walked as it grows.
  const seen = new Map<string, number>()
  visit(component, (inner) => {
    const place = seen.get(inner.is) ?? 0
    seen.set(inner.is, place + 1)
    const state = states.get(inner.is)?.[place]
    // Content of slots is not made anew.
    if (state && !before.has(inner)) restore(inner, state)
  })
}

/** What a component knows that its template does not tell it. */
interface State {
  data: Record<string, unknown>
  scroll: number[]
}

/** What a user changes in a built-in component. */
const TYPED = ['value', 'checked', 'current']

function stateOf(component: Component): State {
  const data: Record<string, unknown> = {}
  const host = hostOf(component)
  for (const [name, value] of Object.entries(component.data as Record<string, unknown>)) {
    const own = host ? TYPED.includes(name) : !glassEasel.Component.hasProperty(component, name)
    if (own) data[name] = value
  }
  const scroller = host?.instance.scroller
  return { data, scroll: scroller ? [scroller.scrollLeft, scroller.scrollTop] : [] }
}

function restore(component: Component, { data, scroll }: State): void {
  if (Object.keys(data).length > 0) component.setData(data)
  const scroller = hostOf(component)?.instance.scroller
  if (scroller) [scroller.scrollLeft = 0, scroller.scrollTop = 0] = scroll
}

/** The components inside a component, those of its slots and of their own trees among them; outer ones first. */
function below(component: Component): Component[] {
  const found: Component[] = []
  visit(component, (inner) => void found.push(inner))
  return found
}

function visit(node: glassEasel.Node, run: (component: Component) => void): void {
  if (!glassEasel.Element.isElement(node)) return
  node.forEachComposedChild((child) => {
    if (glassEasel.Component.isComponent(child)) run(child)
    visit(child, run)
  })
}
