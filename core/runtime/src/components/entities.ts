// Entities and spaces in text, for text and rich-text.
import { lookup } from './table'

// prettier-ignore
const ENTITIES: Record<string, string> = {
  nbsp: '\u00a0', ensp: '\u2002', emsp: '\u2003', thinsp: '\u2009',
  lt: '<', gt: '>', amp: '&', quot: '"', apos: "'",
  copy: '©', reg: '®', trade: '™', hellip: '…', mdash: '—', ndash: '–', middot: '·', bull: '•', yen: '¥',
  times: '×', divide: '÷', ldquo: '“', rdquo: '”', lsquo: '‘', rsquo: '’', laquo: '«', raquo: '»', deg: '°',
}

/** Replaces named and numeric entities once; unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return lookup(ENTITIES, String(name).toLowerCase()) ?? whole
    const code = hex !== undefined ? parseInt(hex, 16) : parseInt(decimal, 10)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const SPACES: Record<string, string> = { ensp: '\u2002', emsp: '\u2003', nbsp: '\u00a0' }

/** Replaces spaces by the kind that WeChat's `space` attribute names; any other value leaves the text alone. */
export function spaces(text: string, kind: string): string {
  const space = lookup(SPACES, kind)
  return space === undefined ? text : text.replace(/ /g, space)
}
