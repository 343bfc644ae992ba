// form and label: collecting fields, and passing taps to them.
import { collect, fieldsIn, firstField } from './field'
import { hostOf, type Definition, type Host } from './host'

/** `<form>`. `report-submit` asked for a `formId` for template messages, which WeChat has ended: there is none. */
export const form: Definition = {
  tag: 'form',
  properties: { reportSubmit: [Boolean], reportSubmitTimeout: [Number] },
}

/** Fires `submit` of a form with the values of its fields. */
export function submitForm(owner: Host, submitter: Host): void {
  owner.emit('submit', {
    value: collect(fieldsIn(owner).named),
    target: { id: submitter.component.id, dataset: submitter.component.dataset, offsetLeft: 0, offsetTop: 0 },
  })
}

/** Resets every field of a form and fires `reset`. */
export function resetForm(owner: Host): void {
  for (const field of fieldsIn(owner).hosts) field.instance.field?.reset?.()
  owner.emit('reset', {})
}

/** `<label>`: a tap on it goes to the field named by `for`, else to the first one inside. */
export const label: Definition = {
  tag: 'label',
  properties: { for: [String] },
  create(host) {
    host.on('tap', (event) => {
      const target = fieldOf(host)
      if (!target) return
      // A tap on the field itself has done its work already.
      const from = hostOf(event.target)?.element
      if (from && target.element.contains(from)) return
      target.instance.field?.activate?.()
    })
    // After the fields have come that stand behind it.
    return { attached: () => requestAnimationFrame(() => (host.isAttached ? nameField(host) : undefined)) }
  },
}

/** The field that a label belongs to. */
function fieldOf(host: Host): Host | undefined {
  const id = host.text('for')
  const target = id === '' ? firstField(host.element) : fieldById(host, id)
  return target?.instance.field?.activate ? target : undefined
}

let labels = 0

/** Tells screen readers that the label's text is the name of its field, unless the field has one of its own. */
function nameField(host: Host): void {
  const target = fieldOf(host)
  const control = target?.instance.field?.control ?? target?.element
  if (!control || !target || target.text('ariaLabel') !== '' || target.text('ariaLabelledby') !== '') return
  if (host.element.id === '') host.element.id = `lg-label-${(labels += 1)}`
  control.setAttribute('aria-labelledby', host.element.id)
}

function fieldById(host: Host, id: string): Host | undefined {
  const target = host.byId(id)
  if (target?.instance.field?.activate) return target
  // The id may stand on a box around the field, or on a custom component that holds one.
  const owner = host.component.ownerShadowRoot?.getElementById(id)
  const element = owner?.getBackendElement() as unknown as HTMLElement | null | undefined
  return element ? firstField(element) : undefined
}
