// What is drawn above all pages: the layer for dialogs, and in development a badge and the error overlay.

/** Makes the layer that toasts, dialogs and sheets are drawn into. */
export function createOverlay(parent: HTMLElement): HTMLElement {
  const layer = document.createElement('div')
  layer.id = 'lodger-overlay'
  parent.append(layer)
  return layer
}

/**
 * A sign that this is a development build: nobody shall take it for the released program. A stripe along the top edge,
 * so that it covers no title, no button, no capsule.
 */
export function showBadge(layer: HTMLElement): void {
  const badge = document.createElement('div')
  badge.className = 'lodger-badge'
  badge.setAttribute('aria-hidden', 'true')
  layer.append(badge)
}

/** Draws an error with its source line over everything, until it is closed. Newer ones are added below. */
export function showError(layer: HTMLElement, text: string): void {
  const shown = layer.querySelector<HTMLElement>('.lodger-error:not(.lodger-build) pre')
  if (shown) shown.textContent += `\n\n${text}`
  else addPanel(layer, text)
}

/** Draws what is wrong with the source, in place of what was wrong before; nothing when the text is empty. */
export function showBuildErrors(layer: HTMLElement, text: string): void {
  layer.querySelector('.lodger-build')?.remove()
  if (text !== '') addPanel(layer, text).classList.add('lodger-build')
}

/** Errors of code that is being replaced say nothing any more. */
export function clearErrors(layer: HTMLElement): void {
  for (const panel of layer.querySelectorAll('.lodger-error')) panel.remove()
}

function addPanel(layer: HTMLElement, text: string): HTMLElement {
  const panel = document.createElement('div')
  panel.className = 'lodger-error'
  panel.setAttribute('role', 'alertdialog')
  const body = document.createElement('pre')
  body.textContent = text
  const close = document.createElement('button')
  close.textContent = 'Close'
  close.addEventListener('click', () => panel.remove())
  panel.append(close, body)
  layer.append(panel)
  return panel
}
