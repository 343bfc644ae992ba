// Pages slide as on iOS: the new one in from the right, the old one a little to the left, and back again.

const DURATION = 250
const EASING = 'cubic-bezier(.32,.72,.33,1)'

/** Whether to animate at all: the user may have asked for less motion, and a hidden document draws no frames. */
function still(): boolean {
  return document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches
}

async function slide(element: HTMLElement, from: string, to: string): Promise<void> {
  if (typeof element.animate !== 'function') return
  const animation = element.animate([{ transform: from }, { transform: to }], {
    duration: DURATION,
    easing: EASING,
  })
  await new Promise<void>((resolve) => {
    animation.onfinish = animation.oncancel = () => resolve()
    // A window that draws no frames must not hold the navigation up.
    setTimeout(resolve, DURATION * 2)
  })
}

/** The page that moves is drawn over the other one, whatever their order in the document. */
function lift(element: HTMLElement, lifted: boolean): void {
  element.style.boxShadow = lifted ? '0 0 16px rgba(0,0,0,.2)' : ''
  element.style.zIndex = lifted ? '1' : ''
}

/** `above` comes in over `below`. Resolves when it is there. */
export async function push(above: HTMLElement, below: HTMLElement | undefined): Promise<void> {
  if (still()) return
  lift(above, true)
  await Promise.all([
    slide(above, 'translateX(100%)', 'none'),
    below ? slide(below, 'none', 'translateX(-30%)') : undefined,
  ])
  lift(above, false)
}

/** `above` leaves to the right and shows `below`. Resolves when it is gone. */
export async function pop(above: HTMLElement, below: HTMLElement | undefined): Promise<void> {
  if (still()) return
  lift(above, true)
  await Promise.all([
    slide(above, 'none', 'translateX(100%)'),
    below ? slide(below, 'translateX(-30%)', 'none') : undefined,
  ])
}
