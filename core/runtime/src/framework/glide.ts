// Scrolling that takes its time.

/** Scrolls in `duration` milliseconds; at once if the user wants less motion. */
export function glide(scroller: HTMLElement, to: number, duration: number): Promise<void> {
  const from = scroller.scrollTop
  if (duration === 0 || document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) {
    scroller.scrollTop = to
    return Promise.resolve()
  }
  const start = performance.now()
  return new Promise((resolve) => {
    const step = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - start) / duration))
      scroller.scrollTop = from + (to - from) * (1 - (1 - part) ** 3)
      if (part < 1) requestAnimationFrame(step)
      else resolve()
    }
    requestAnimationFrame(step)
  })
}
