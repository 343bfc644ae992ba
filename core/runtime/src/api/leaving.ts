// wx.enableAlertBeforeUnload: the user is asked before the bar's button leaves the page. Like WeChat, the program's own
// navigation is not asked about, and a person can always close the program.
import type { Page } from '../framework/page'
import { ui } from '../ui/index'
import type { Implementations } from './wx'

/** Adds the functions. */
export function addLeaving(own: Implementations, top: (api: string) => Page): void {
  own.async(
    'enableAlertBeforeUnload',
    ({ message }) => void (top('enableAlertBeforeUnload').leaveMessage = message),
    { message: 'String' },
  )
  own.asyncAll({
    disableAlertBeforeUnload: () => void (top('disableAlertBeforeUnload').leaveMessage = undefined),
  })
}

/** Runs `go` once the user agrees to leave `page`. */
export async function leave(page: Page | undefined, go: () => void): Promise<void> {
  const content = page?.leaveMessage
  if (content !== undefined) {
    const answer = await ui.showModal({ content })
    if (!answer.confirm) return
  }
  go()
}
