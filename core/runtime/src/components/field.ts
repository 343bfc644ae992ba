// What a form, a label and a group know of the fields in them.
import { hostOf, hostOfElement, type Host } from './host'

/** A component's part in a form. */
export interface Field {
  /** The value that `submit` reports; undefined leaves the field out. */
  value?(): unknown
  /** Back to the value of the start, or an empty one. */
  reset?(): void
  /** A label of it was tapped. */
  activate?(): void
  /** The element that screen readers stop at, if it is not the host. */
  control?: HTMLElement
}

/** A node with a `name` and a value, as a form sees it. */
export interface NamedValue {
  name: string
  value: unknown
}

/** Fields with a name into the object that `bindsubmit` gets. A later field of the same name wins, as in WeChat. */
export function collect(fields: Iterable<NamedValue>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const { name, value } of fields) if (name !== '' && value !== undefined) define(result, name, value)
  return result
}

/** `name` comes from the program and may be `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

/** WeChat's behaviors that a form knows, by name: the framework puts them in. */
export const formBehaviors = new Map<string, unknown>()

interface Owned {
  ownerShadowRoot?: { getHostNode(): CustomComponent } | null
}
interface CustomComponent extends Owned {
  data: Record<string, unknown>
  hasBehavior?(behavior: unknown): boolean
}

function hasBehavior(component: CustomComponent, name: string): boolean {
  const behavior = formBehaviors.get(name)
  return behavior !== undefined && component.hasBehavior?.(behavior) === true
}

/**
 * The fields of a form in document order: built-in ones, and custom components with the behavior `wx://form-field`.
 * Fields inside of a custom component belong to the form only if that component has `wx://form-field-group`.
 */
export function fieldsIn(form: Host): { named: NamedValue[]; hosts: Host[] } {
  const named: NamedValue[] = []
  const found: Host[] = []
  const home = form.component.ownerShadowRoot as unknown
  for (const element of Array.from(form.element.querySelectorAll('*'))) {
    const component = (element as { __wxElement?: CustomComponent }).__wxElement
    if (!component || !belongs(component, home)) continue
    const host = hostOf(component)
    if (host?.instance.field) {
      found.push(host)
      named.push({ name: host.text('name'), value: host.instance.field.value?.() })
    } else if (!host && hasBehavior(component, 'wx://form-field')) {
      named.push({ name: String(component.data.name ?? ''), value: component.data.value })
    }
  }
  return { named, hosts: found }
}

function belongs(component: Owned, home: unknown): boolean {
  let owner = component.ownerShadowRoot
  while (owner && owner !== home) {
    const outer = owner.getHostNode()
    if (!hasBehavior(outer, 'wx://form-field-group')) return false
    owner = outer.ownerShadowRoot
  }
  return owner === home
}

/** The first field inside of `element` that a label can activate. */
export function firstField(element: Element): Host | undefined {
  for (const inner of Array.from(element.querySelectorAll('*'))) {
    const host = hostOfElement(inner)
    if (host?.instance.field?.activate) return host
  }
  return undefined
}
