// Text to bytes and back, in the encodings of WeChat's file system (those of Node's Buffer).
import { fromBase64, toBase64 } from '../bridge/base64'

interface Codec {
  encode(text: string): Uint8Array
  decode(bytes: Uint8Array): string
}

const SLICE = 0x8000

/** One character for each byte. */
function characters(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += SLICE) {
    text += String.fromCharCode(...bytes.subarray(at, at + SLICE))
  }
  return text
}

const utf8: Codec = {
  encode: (text) => new TextEncoder().encode(text),
  // Unlike a text that comes over the network, a file's may begin with U+FEFF.
  decode: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
}

const latin1: Codec = {
  encode: (text) => Uint8Array.from(text, (character) => character.charCodeAt(0)),
  decode: characters,
}

const ascii: Codec = { ...latin1, decode: (bytes) => characters(bytes.map((byte) => byte & 0x7f)) }

const utf16le: Codec = {
  encode(text) {
    const bytes = new Uint8Array(text.length * 2)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), true)
    return bytes
  },
  decode: (bytes) => new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes),
}

const hex: Codec = {
  encode(text) {
    if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text)) throw new TypeError('hex encode error')
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  },
  decode: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
}

const base64: Codec = {
  encode(text) {
    try {
      return fromBase64(text)
    } catch {
      throw new TypeError('base64 encode error')
    }
  },
  decode: toBase64,
}

const CODECS = new Map<unknown, Codec>([
  ['utf8', utf8],
  ['utf-8', utf8],
  ['latin1', latin1],
  ['binary', latin1],
  ['ascii', ascii],
  ['ucs2', utf16le],
  ['ucs-2', utf16le],
  ['utf16le', utf16le],
  ['utf-16le', utf16le],
  ['hex', hex],
  ['base64', base64],
])

/** The codec of that name; without one, UTF-8. Throws for an unknown name. */
export function codec(name: unknown): Codec {
  const found = CODECS.get(name ?? 'utf8')
  if (!found) throw new TypeError(`invalid encoding ${String(name)}`)
  return found
}

/** The bytes of `data` as a program gives it: a text in `encoding`, or an ArrayBuffer or a view of one. */
export function bytesOf(data: unknown, encoding?: unknown): Uint8Array {
  if (typeof data === 'string') return codec(encoding).encode(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return new Uint8Array(data as ArrayBuffer)
}

/** Bytes as a program wants them: a text if it names an encoding, else an ArrayBuffer. */
export function contentOf(bytes: Uint8Array, encoding: unknown): string | ArrayBuffer {
  if (encoding !== undefined && encoding !== null) return codec(encoding).decode(bytes)
  return bytes.slice().buffer as ArrayBuffer
}
