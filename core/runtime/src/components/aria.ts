// WeChat's `aria-*` attributes, handed to the host element, and the roles that components have of themselves.
import type { Host, Property } from './host'

// prettier-ignore
const NAMES = [
  'role', 'label', 'labelledby', 'describedby', 'hidden', 'checked', 'disabled', 'selected', 'expanded', 'pressed',
  'live', 'atomic', 'busy', 'modal', 'haspopup', 'controls', 'owns', 'level', 'invalid', 'required', 'readonly',
  'valuenow', 'valuemin', 'valuemax', 'valuetext', 'current', 'details', 'orientation', 'sort', 'multiline',
]

const property = (name: string): string => `aria${name[0]!.toUpperCase()}${name.slice(1)}`

/** Every `aria-*` property, and `role`. */
export const ARIA_PROPERTIES: Record<string, Property> = {
  role: [String],
  ...Object.fromEntries(NAMES.map((name): [string, Property] => [property(name), [null]])),
}

const ATTRIBUTES = new Map(
  NAMES.map((name) => [property(name), name === 'role' ? 'role' : `aria-${name}`]).concat([
    ['role', 'role'],
  ]) as [string, string][],
)

/** Roles that a person operates: the keyboard must reach them, whatever component they stand on. */
const OPERATED = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'option', 'menuitem'])

const operated = new WeakMap<Host, () => void>()

/** A view that the program calls a button works like one. Called after the component's own update. */
export function operate(host: Host): void {
  const role = host.text('ariaRole') || host.text('role')
  const known = operated.get(host)
  if (known) return known()
  // Components that are operated of themselves have a place in the focus order already, if only -1.
  if (!OPERATED.has(role) || host.element.hasAttribute('tabindex')) return
  const disabled = (): boolean => String(host.values.ariaDisabled) === 'true'
  const update = makeFocusable(host, disabled)
  operated.set(host, update)
  update()
}

/** Copies the program's aria properties to the element. They win over the component's own. */
export function applyAria(host: Host, changed: ReadonlySet<string> | null): void {
  const { values } = host
  for (const [name, attribute] of ATTRIBUTES) {
    if (changed !== null && !changed.has(name)) continue
    // A program may write both forms of the role.
    if (attribute === 'role' && name === 'role' && values.ariaRole) continue
    const value = values[name]
    if (value !== undefined && value !== null && value !== '')
      host.element.setAttribute(attribute, String(value))
    else if (changed !== null) host.element.removeAttribute(attribute)
  }
}

/** Sets a role, state or label that the component has of itself, unless the program gave its own. */
export function setAria(host: Host, attributes: Record<string, string | number | boolean>): void {
  for (const [attribute, value] of Object.entries(attributes)) {
    const name = property(attribute.replace(/^aria-/, ''))
    const own = host.values[name] ?? (attribute === 'role' ? host.values.role : undefined)
    if (own === undefined || own === null || own === '') host.element.setAttribute(attribute, String(value))
  }
}

/** Lets the keyboard reach the host: Tab focuses it, Enter and Space tap it. Disabled hosts are left out. */
export function makeFocusable(host: Host, isDisabled: () => boolean): () => void {
  host.element.addEventListener('keydown', (event) => {
    if (event.target !== host.element || (event.key !== 'Enter' && event.key !== ' ')) return
    event.preventDefault()
    if (!isDisabled() && !event.repeat) host.tap()
  })
  return () => {
    const disabled = isDisabled()
    host.element.tabIndex = disabled ? -1 : 0
    setAria(host, { 'aria-disabled': disabled })
  }
}
