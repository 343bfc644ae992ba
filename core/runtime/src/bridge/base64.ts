// Base64 of byte arrays. `btoa` wants a string of characters below 256 and a spread call has an argument limit, so
// the bytes go through it in slices.

const SLICE = 0x8000

/** Encodes bytes. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += SLICE) {
    text += String.fromCharCode(...bytes.subarray(at, at + SLICE))
  }
  return btoa(text)
}

/** Decodes base64; throws a `TypeError` if `text` is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let decoded: string
  try {
    decoded = atob(text)
  } catch {
    throw new TypeError('the string is not base64')
  }
  const bytes = new Uint8Array(decoded.length)
  for (let at = 0; at < decoded.length; at += 1) bytes[at] = decoded.charCodeAt(at)
  return bytes
}
