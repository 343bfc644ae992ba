// Waiting for the browser to draw.

/** A window that is covered or minimised draws nothing; then the frame counts as drawn after this many milliseconds. */
const PATIENCE = 300

/** Calls `run` before the next frame is drawn. */
export function nextFrame(run: () => void): void {
  let done = false
  const once = (): void => {
    if (done) return
    done = true
    run()
  }
  requestAnimationFrame(once)
  setTimeout(once, PATIENCE)
}
