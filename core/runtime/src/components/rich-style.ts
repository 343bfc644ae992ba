// Inline styles in rich-text: declarations that are plain, with every URL checked.

/** Functions that may stand in a value. What is not here might load something (`image-set`, `src`, `element` …). */
// prettier-ignore
const FUNCTIONS = new Set([
  'url', 'rgb', 'rgba', 'hsl', 'hsla', 'calc', 'min', 'max', 'clamp', 'var', 'env',
  'linear-gradient', 'radial-gradient', 'conic-gradient', 'repeating-linear-gradient', 'repeating-radial-gradient',
  'translate', 'translatex', 'translatey', 'translatez', 'translate3d', 'scale', 'scalex', 'scaley', 'scale3d',
  'rotate', 'rotatex', 'rotatey', 'rotatez', 'rotate3d', 'skew', 'skewx', 'skewy', 'matrix', 'matrix3d', 'perspective',
  'cubic-bezier', 'steps', 'blur', 'brightness', 'contrast', 'grayscale', 'opacity', 'drop-shadow', 'hue-rotate',
  'invert', 'saturate', 'sepia', 'circle', 'ellipse', 'inset', 'polygon', 'repeat', 'minmax', 'fit-content', 'counter',
])

/**
 * Keeps the harmless declarations of a `style` attribute. `url` maps a URL to one that may be loaded, or ''; a
 * declaration with a refused one is dropped, and so is one with an escape, a comment or an unknown function.
 */
export function cleanStyle(style: string, url: (source: string) => string): string {
  if (style === '') return ''
  const kept: string[] = []
  for (const declaration of splitDeclarations(style)) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const name = declaration.slice(0, colon).trim().toLowerCase()
    const value = cleanValue(declaration.slice(colon + 1).trim(), url)
    if (/^-?[a-z][a-z-]*$/.test(name) && name !== 'behavior' && name !== '-moz-binding' && value)
      kept.push(`${name}:${value}`)
  }
  return kept.join(';')
}

/** Splits at `;` outside of quotes and brackets. */
function splitDeclarations(style: string): string[] {
  const parts: string[] = []
  let quote = ''
  let depth = 0
  let part = ''
  for (const char of style) {
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth = Math.max(0, depth - 1)
    if (char === ';' && quote === '' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  // An open quote or bracket would swallow what the browser finds behind it.
  if (quote === '' && depth === 0) parts.push(part)
  return parts
}

const URL_FUNCTION = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"'()\s]*))\s*\)/gi
// eslint-disable-next-line no-control-regex
const SUSPICIOUS = /[\\<>{}@\u0000-\u001f\u007f]|\/\*|\*\/|javascript:|expression|\.lodger/i

/** A value that may be used, or null. */
function cleanValue(value: string, url: (source: string) => string): string | null {
  if (SUSPICIOUS.test(value)) return null
  let refused = false
  const urls: string[] = []
  const bare = value.replace(URL_FUNCTION, (_, double?: string, single?: string, plain?: string) => {
    const source = url(double ?? single ?? plain ?? '')
    if (source === '' || /["\\\n]/.test(source)) refused = true
    urls.push(source)
    return `\u0001${urls.length - 1}\u0001`
  })
  if (refused) return null
  for (const match of bare.matchAll(/([a-z-][a-z0-9-]*)?\s*\(/gi)) {
    const name = (match[1] ?? '').toLowerCase()
    if (name === 'url' || (name !== '' && !FUNCTIONS.has(name))) return null
  }
  return bare.replace(/\u0001(\d+)\u0001/g, (_, index: string) => `url("${urls[Number(index)] ?? ''}")`)
}
