// Full screen, by whichever name the browser knows it: Safari 15 has a prefix, and iPhones have it for videos only.

interface Prefixed extends HTMLElement {
  webkitRequestFullscreen?(): void
}
interface PrefixedVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void
  webkitExitFullscreen?(): void
}
interface PrefixedDocument extends Document {
  webkitFullscreenElement?: Element | null
  webkitExitFullscreen?(): void
}

const EVENTS = ['fullscreenchange', 'webkitfullscreenchange']

/** The element that fills the screen; in a shadow tree the document names only its host. */
export function fullscreenElement(): Element | null {
  const inner = (root: Document | ShadowRoot): Element | null => {
    const found = root.fullscreenElement ?? (root as PrefixedDocument).webkitFullscreenElement ?? null
    return found?.shadowRoot ? (inner(found.shadowRoot) ?? found) : found
  }
  return inner(document)
}

/** Asks for full screen; browsers want a user's touch for it and else do nothing. */
export function enterFullscreen(box: HTMLElement, video: HTMLVideoElement): void {
  const { webkitRequestFullscreen } = box as Prefixed
  if (box.requestFullscreen) box.requestFullscreen().catch(() => undefined)
  else if (webkitRequestFullscreen) webkitRequestFullscreen.call(box)
  else (video as PrefixedVideo).webkitEnterFullscreen?.()
}

/** Leaves full screen, if this video or anything else is in it. */
export function leaveFullscreen(video: HTMLVideoElement): void {
  const { webkitExitFullscreen } = document as PrefixedDocument
  if (document.exitFullscreen) {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined)
  } else if (webkitExitFullscreen) webkitExitFullscreen.call(document)
  else (video as PrefixedVideo).webkitExitFullscreen?.()
}

/** Calls `listener` when something enters or leaves full screen; the answer stops that. */
export function onFullscreen(video: HTMLVideoElement, listener: () => void): () => void {
  for (const type of EVENTS) document.addEventListener(type, listener)
  for (const type of ['webkitbeginfullscreen', 'webkitendfullscreen']) video.addEventListener(type, listener)
  return () => {
    for (const type of EVENTS) document.removeEventListener(type, listener)
  }
}
