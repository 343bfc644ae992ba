// Functions about the field that has the keyboard.
import { focused } from '../ui/layer'
import { failure } from './call'
import type { Implementations } from './wx'

type Field = HTMLInputElement | HTMLTextAreaElement

function field(api: string): Field {
  const at = focused()
  if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) return at
  throw failure(api, 'no field has the focus')
}

/** Adds the functions. */
export function addKeyboard(own: Implementations): void {
  own.asyncAll({
    hideKeyboard: () => field('hideKeyboard').blur(),
    getSelectedTextRange: () => {
      const { selectionStart, selectionEnd } = field('getSelectedTextRange')
      return { start: selectionStart ?? 0, end: selectionEnd ?? 0 }
    },
  })
}
