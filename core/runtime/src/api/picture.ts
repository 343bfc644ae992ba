// Pictures and films as bytes: what kind they are, how large, and a smaller picture made of a larger one.

/** What a picture's bytes say. */
export interface PictureFacts {
  type: 'unknown' | 'jpeg' | 'png' | 'gif' | 'tiff' | 'webp'
  /** Exif's number, 1 to 8. */
  orientation: number
}

/** WeChat's names of Exif's orientations 1 to 8. */
export const ORIENTATIONS = [
  'up',
  'up-mirrored',
  'down',
  'down-mirrored',
  'left-mirrored',
  'right',
  'right-mirrored',
  'left',
] as const

const SIGNATURES: [PictureFacts['type'], number[]][] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
  ['webp', [0x52, 0x49, 0x46, 0x46]],
]

/** Reads a picture's first bytes. Never throws, whatever they are. */
export function pictureFacts(bytes: Uint8Array): PictureFacts {
  const found = SIGNATURES.find(([, start]) => start.every((byte, at) => bytes[at] === byte))
  const type = found?.[0] ?? 'unknown'
  return { type, orientation: type === 'jpeg' ? jpegOrientation(bytes) : 1 }
}

/** The orientation in a JPEG's Exif segment; 1 if there is none. */
function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    let at = 2
    while (view.getUint8(at) === 0xff) {
      const marker = view.getUint8(at + 1)
      // The picture itself begins: Exif comes before it.
      if (marker === 0xda) return 1
      if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return exifOrientation(view, at + 10)
      at += 2 + view.getUint16(at + 2)
    }
  } catch {
    // Cut short: read past the end.
  }
  return 1
}

function exifOrientation(view: DataView, start: number): number {
  const little = view.getUint16(start) === 0x4949
  const directory = start + view.getUint32(start + 4, little)
  const entries = view.getUint16(directory, little)
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12
    if (view.getUint16(at, little) !== 0x0112) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** Bytes as an element that is decoded; the caller gives the URL back with {@link release}. */
export async function decodePicture(bytes: Blob): Promise<HTMLImageElement> {
  const image = new Image()
  const loaded = new Promise<void>((resolve, reject) => {
    image.onload = () => resolve()
    image.onerror = () => reject(new Error('the picture cannot be read'))
  })
  image.src = URL.createObjectURL(bytes)
  try {
    await loaded
  } catch (error) {
    release(image)
    throw error
  }
  return image
}

/** Frees what an element of {@link decodePicture} or {@link openFilm} holds. */
export function release(element: HTMLImageElement | HTMLVideoElement): void {
  URL.revokeObjectURL(element.src)
  element.removeAttribute('src')
}

/** What a smaller picture is to be. */
export interface Smaller {
  /** Pixels; undefined keeps the proportions, or the size if both are. */
  width?: number | undefined
  height?: number | undefined
  /** 0 to 100, for JPEG. */
  quality: number
  type: 'image/jpeg' | 'image/png'
}

/** Draws a picture again. */
export function redraw(
  picture: CanvasImageSource & { width: number; height: number },
  wanted: Smaller,
): Promise<Blob> {
  const ratio = picture.width / picture.height || 1
  const width = wanted.width ?? (wanted.height === undefined ? picture.width : wanted.height * ratio)
  const height = wanted.height ?? width / ratio
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width))
  canvas.height = Math.max(1, Math.round(height))
  const context = canvas.getContext('2d')
  if (!context) return Promise.reject(new Error('the picture is too large to be drawn'))
  if (wanted.type === 'image/jpeg') {
    // JPEG has no transparency; what was transparent would be black.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture cannot be written'))),
      wanted.type,
      Math.min(100, Math.max(0, wanted.quality)) / 100,
    )
  })
}

/** A film far enough to be drawn. Fails where the webview cannot play it. */
export async function openFilm(bytes: Blob): Promise<HTMLVideoElement> {
  const film = document.createElement('video')
  film.muted = true
  film.playsInline = true
  film.preload = 'auto'
  const loaded = new Promise<void>((resolve, reject) => {
    film.onloadeddata = () => resolve()
    film.onerror = () => reject(new Error('the video cannot be read'))
  })
  film.src = URL.createObjectURL(bytes)
  try {
    await loaded
  } catch (error) {
    release(film)
    throw error
  }
  return film
}
