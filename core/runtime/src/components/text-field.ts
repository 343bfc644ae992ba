// What input and textarea share: value, placeholder, focus, selection and keyboard.
import { element } from './dom'
import type { Host, Instance, Property } from './host'
import { rpx } from '../framework/rpx'
import { setAria } from './aria'
import { focused } from '../ui/layer'
import { holdKeyboard, makeRoom, watchSelection } from './text-focus'

/** Properties of both. */
export const TEXT_FIELD: Record<string, Property> = {
  value: [null, ''],
  placeholder: [String],
  placeholderStyle: [String],
  disabled: [Boolean],
  maxlength: [Number, 140],
  focus: [Boolean],
  autoFocus: [Boolean],
  cursor: [Number, -1],
  cursorSpacing: [null, 0],
  cursorColor: [String],
  selectionStart: [Number, -1],
  selectionEnd: [Number, -1],
  adjustPosition: [Boolean, true],
  holdKeyboard: [Boolean],
  confirmHold: [Boolean],
}

/** How input and textarea differ. */
export interface TextFieldParts {
  native: HTMLInputElement | HTMLTextAreaElement
  placeholderClass: string
  /** Takes out what may not be typed. */
  clean?(value: string): string
  /** The value changed, by hand or by program. */
  changed?(): void
  /** What must stay above the keyboard; the whole field if left out. */
  anchor?(): HTMLElement
  /** Properties of the component itself. */
  update?(changed: ReadonlySet<string> | null): void
}

/** Text cut to `maxlength`; a negative one means no limit. */
export function limit(value: string, maxlength: number): string {
  return maxlength >= 0 && value.length > maxlength ? value.slice(0, maxlength) : value
}

/** The text that a handler of `input` returned to replace what was typed; null for anything else. */
export function replacement(returned: unknown): { value: string; cursor: number } | null {
  if (typeof returned === 'string') return { value: returned, cursor: returned.length }
  if (typeof returned !== 'object' || returned === null) return null
  const { value, cursor } = returned as { value?: unknown; cursor?: unknown }
  if (typeof value !== 'string') return null
  return { value, cursor: typeof cursor === 'number' ? cursor : value.length }
}

/** Builds the component around `native`. */
export function textField(host: Host, parts: TextFieldParts): Instance {
  const { native } = parts
  const placeholder = element('div', 'lg-placeholder', host.element)
  placeholder.setAttribute('aria-hidden', 'true')
  native.className = 'lg-native'
  host.element.appendChild(native)
  let initial: string | null = null
  /** The text of the last `input` event or of the program. */
  let reported = ''
  let keyCode = 0
  let composing = false
  let stopKeyboard: (() => void) | undefined
  let focusTimer: ReturnType<typeof setTimeout> | undefined

  const shownPlaceholder = (): void => {
    placeholder.style.display = native.value === '' ? '' : 'none'
  }
  const write = (value: string): void => {
    if (native.value !== value) native.value = value
    reported = native.value
    shownPlaceholder()
    parts.changed?.()
  }
  const typed = (): void => {
    // Changing the text in the middle of a composition would end it; its end comes here again.
    if (!composing) {
      const clean = limit(parts.clean?.(native.value) ?? native.value, host.number('maxlength', 140))
      if (clean !== native.value) native.value = clean
    }
    shownPlaceholder()
    if (native.value === reported) return
    reported = native.value
    parts.changed?.()
    host.set({ value: native.value })
    const cursor = native.selectionStart ?? native.value.length
    host.emit(
      'input',
      { value: native.value, cursor, keyCode },
      {
        handleListenerReturn: (returned) => {
          const other = replacement(returned)
          if (!other) return returned as boolean | void
          write(other.value)
          host.set({ value: other.value })
          select(other.cursor, other.cursor)
          return undefined
        },
      },
    )
  }
  const select = (start: number, end: number): void => {
    try {
      native.setSelectionRange(start, end)
    } catch {
      // Number inputs have no selection.
    }
  }
  const focus = (): void => {
    if (host.flag('disabled')) return
    native.focus({ preventScroll: true })
    const length = native.value.length
    const start = host.number('selectionStart', -1)
    const end = host.number('selectionEnd', -1)
    const cursor = host.number('cursor', -1)
    if (start >= 0 && end >= 0) select(start, end)
    else if (cursor >= 0) select(cursor, cursor)
    else select(length, length)
  }
  /** The value's properties before the focus: `focus` and `value` may come in one `setData`. */
  const followFocus = (): void => {
    clearTimeout(focusTimer)
    const wanted = host.flag('focus')
    focusTimer = setTimeout(() => {
      if (!host.isAttached) return
      if (wanted) focus()
      else if (focused() === native) native.blur()
    })
  }

  const told = (event: Event): void =>
    host.emit(`keyboard${event.type}`, { value: native.value, data: (event as CompositionEvent).data })
  native.addEventListener('compositionstart', (event) => {
    composing = true
    told(event)
  })
  native.addEventListener('compositionupdate', told)
  native.addEventListener('compositionend', (event) => {
    // Chrome fires the last `input` before this event, Safari after it.
    composing = false
    typed()
    told(event)
  })
  // Also within a composition: Android keyboards compose every word.
  native.addEventListener('input', typed)
  native.addEventListener('keydown', (event) => {
    keyCode = (event as KeyboardEvent).keyCode
  })
  native.addEventListener('focus', () => {
    host.element.classList.add('lg-focused')
    const stop = [
      host.env.onKeyboard((height, duration) => {
        if (host.flag('adjustPosition')) makeRoom(host, parts.anchor?.() ?? native, height, duration)
        host.emit('keyboardheightchange', { height, duration })
      }),
      watchSelection(host, native),
      holdKeyboard(host),
    ]
    stopKeyboard = () => {
      for (const end of stop) end()
      makeRoom(host, native, 0, 0)
    }
    host.emit('focus', { value: native.value, height: 0 })
  })
  native.addEventListener('blur', () => {
    host.element.classList.remove('lg-focused')
    stopKeyboard?.()
    stopKeyboard = undefined
    // So that `focus="{{true}}"` works again the next time.
    if (host.flag('focus')) host.set({ focus: false })
    host.emit('blur', {
      value: native.value,
      cursor: native.selectionStart ?? 0,
      encryptedValue: '',
      encryptError: '',
    })
  })

  return {
    field: {
      control: native,
      value: () => native.value,
      reset: () => {
        host.set({ value: initial ?? '' })
        write(limit(initial ?? '', host.number('maxlength', 140)))
      },
      activate: focus,
    },
    update(changed) {
      parts.update?.(changed)
      if (changed === null || changed.has('value')) {
        const value = limit(host.text('value'), host.number('maxlength', 140))
        initial ??= value
        // A half-typed Chinese syllable must survive a `setData` of the old value.
        if (!composing) write(value)
      }
      native.disabled = host.flag('disabled')
      native.style.caretColor = host.text('cursorColor')
      if (
        changed === null ||
        changed.has('placeholder') ||
        changed.has('placeholderStyle') ||
        changed.has('placeholderClass')
      ) {
        placeholder.textContent = host.text('placeholder')
        placeholder.className = `lg-placeholder ${placeholderClasses(host, parts.placeholderClass)}`
        placeholder.setAttribute('style', rpx(host.text('placeholderStyle')))
        shownPlaceholder()
      }
      // A name of the program's or of a label; else what stands in the empty field.
      const label = host.text('ariaLabel') || host.text('placeholder')
      if (label !== '') native.setAttribute('aria-label', label)
      for (const name of ['labelledby', 'describedby', 'required', 'invalid']) pass(host, native, name)
      setAria(host, { 'aria-disabled': host.flag('disabled') })
      if (changed?.has('focus')) followFocus()
      else if (changed && (changed.has('cursor') || changed.has('selectionEnd')) && focused() === native)
        focus()
    },
    attached() {
      if (host.flag('autoFocus') || host.flag('focus'))
        focusTimer = setTimeout(() => host.isAttached && focus())
    },
    detached() {
      clearTimeout(focusTimer)
      stopKeyboard?.()
    },
  }
}

/** Hands an aria property on to the element that screen readers stop at. */
function pass(host: Host, native: HTMLElement, name: string): void {
  const value = host.text(`aria${name[0]!.toUpperCase()}${name.slice(1)}`)
  if (value !== '') native.setAttribute(`aria-${name}`, value)
}

/** The default class belongs to the base library's own style sheet. */
function placeholderClasses(host: Host, standard: string): string {
  const own = host.text('placeholderClass')
  return own === '' || own === standard ? standard : `${standard} ${host.resolveClasses(own)}`
}
