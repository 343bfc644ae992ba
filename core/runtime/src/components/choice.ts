// checkbox, radio and their groups, and switch.
import { drawIcon } from './icon'
import { makeFocusable, setAria } from './aria'
import { element, fill } from './dom'
import { closestHost, hostOfElement, type Definition, type Host, type Property } from './host'

const CHOICE: Record<string, Property> = {
  value: [null, ''],
  checked: [Boolean],
  disabled: [Boolean],
  color: [String],
  backgroundColor: [String],
  borderColor: [String],
  activeBackgroundColor: [String],
  activeBorderColor: [String],
  iconColor: [String],
}

/** The checkboxes or radios of a group, in document order. */
function members(group: Host, tag: string): Host[] {
  return Array.from(group.element.querySelectorAll(`wx-${tag}`))
    .map((inner) => hostOfElement(inner))
    .filter((host): host is Host => host !== undefined && closestHost(host.element, `${tag}-group`) === group)
}

/** Arrow keys go to the next radio of the group and choose it, past those that are disabled. */
function arrow(host: Host, event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  const group = closestHost(host.element, 'radio-group')
  if (by === undefined || !group || event.target !== host.element) return
  event.preventDefault()
  const others = members(group, 'radio').filter((member) => member === host || !member.flag('disabled'))
  const next = others[(others.indexOf(host) + by + others.length) % others.length]
  if (!next || next === host) return
  next.element.focus()
  next.tap()
}

function choice(tag: 'checkbox' | 'radio'): Definition {
  return {
    tag,
    properties: CHOICE,
    create(host) {
      const mark = element('div', `lg-choice lg-${tag}`, host.element)
      const slot = element('span', 'lg-choice-label', host.element)
      let initial: boolean | null = null

      const isDisabled = (): boolean => host.flag('disabled')
      const focusable = makeFocusable(host, isDisabled)
      const toggle = (): void => {
        if (isDisabled()) return
        const group = closestHost(host.element, `${tag}-group`)
        if (tag === 'radio') {
          if (host.flag('checked')) return
          for (const other of group ? members(group, tag) : [])
            if (other !== host && other.flag('checked')) other.set({ checked: false })
        }
        host.set({ checked: tag === 'radio' ? true : !host.flag('checked') })
        if (group) group.emit('change', { value: groupValue(group, tag) })
      }
      host.on('tap', toggle)
      if (tag === 'radio') host.element.addEventListener('keydown', (event) => arrow(host, event))

      return {
        slot,
        field: {
          activate: toggle,
          reset: () => host.set({ checked: initial === true }),
        },
        update() {
          const checked = host.flag('checked')
          initial ??= checked
          host.element.toggleAttribute('checked', checked)
          host.element.toggleAttribute('disabled', isDisabled())
          const color = host.text('color') || 'var(--lg-green)'
          const ink = host.text('iconColor')
          mark.style.backgroundColor = checked
            ? host.text('activeBackgroundColor') || (tag === 'radio' ? color : '')
            : host.text('backgroundColor')
          mark.style.borderColor = checked
            ? host.text('activeBorderColor') || (tag === 'radio' ? color : '')
            : host.text('borderColor')
          const tick = checked
            ? drawIcon('success_no_circle', ink || (tag === 'radio' ? '#fff' : color))
            : null
          fill(mark, ...(tick ? [tick] : []))
          setAria(host, { role: tag, 'aria-checked': checked })
          focusable()
        },
      }
    },
  }
}

function groupValue(group: Host, tag: string): unknown {
  const checked = members(group, tag).filter((member) => member.flag('checked'))
  const values = checked.map((member) => member.values.value)
  return tag === 'checkbox' ? values : (values[0] ?? '')
}

function group(tag: 'checkbox' | 'radio'): Definition {
  return {
    tag: `${tag}-group`,
    create(host) {
      return {
        // The members reset themselves: they are fields of the form too.
        field: { value: () => groupValue(host, tag) },
        update() {
          setAria(host, { role: tag === 'radio' ? 'radiogroup' : 'group' })
        },
      }
    },
  }
}

/** `<checkbox>`, `<radio>` and their groups. */
export const choices: readonly Definition[] = [
  choice('checkbox'),
  choice('radio'),
  group('checkbox'),
  group('radio'),
]

/** `<switch>`; with `type="checkbox"` it looks like a checkbox. */
export const switchBox: Definition = {
  tag: 'switch',
  properties: {
    checked: [Boolean],
    disabled: [Boolean],
    type: [String, 'switch'],
    color: [String, '#04BE02'],
  },
  create(host) {
    const mark = element('div', 'lg-switch', host.element)
    let initial: boolean | null = null
    const isDisabled = (): boolean => host.flag('disabled')
    const focusable = makeFocusable(host, isDisabled)
    const toggle = (): void => {
      if (isDisabled()) return
      host.set({ checked: !host.flag('checked') })
      host.emit('change', { value: host.flag('checked') })
    }
    host.on('tap', toggle)
    return {
      field: {
        value: () => host.flag('checked'),
        reset: () => host.set({ checked: initial === true }),
        activate: toggle,
      },
      update() {
        const checked = host.flag('checked')
        initial ??= checked
        const box = host.text('type') === 'checkbox'
        host.element.toggleAttribute('checked', checked)
        host.element.toggleAttribute('disabled', isDisabled())
        mark.className = box ? 'lg-choice lg-checkbox' : 'lg-switch'
        mark.style.backgroundColor = !box && checked ? host.text('color') : ''
        mark.style.borderColor = !box && checked ? host.text('color') : ''
        const tick = box && checked ? drawIcon('success_no_circle', host.text('color')) : null
        fill(mark, ...(tick ? [tick] : []))
        setAria(host, { role: 'switch', 'aria-checked': checked })
        focusable()
      },
    }
  },
}
