// URLs as a program writes them, turned into URLs that this document may load. Everything that a program can point
// a picture, font or style at goes through here, so that content can never reach `/.lodger/` (DESIGN 4).

const REMOTE = /^(?:https?:)?\/\//i
const SCHEME = /^[a-z][a-z0-9+.-]*:/i
/** What browsers strip or ignore while parsing a URL; it must not hide a scheme or a path from us. */
// eslint-disable-next-line no-control-regex
const IGNORED = /[\u0000-\u001f\u007f]/g

/** Joins a bundle path and a reference, resolving `.` and `..`; never climbs above the root. No leading slash. */
export function joinPath(base: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : base.split('/').slice(0, -1)
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/**
 * A path's escapes are resolved before its dots: a browser would read `..%2f` as two segments. Text that is no valid
 * escape stays: a lone `%` is a character of the file's name.
 */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\\/g, '/')
  } catch {
    return path
  }
}

/** Percent-encodes each segment of a plain bundle path. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The URL under which the engine serves a remote https picture, font or film. */
export function remoteUrl(url: string): string {
  const absolute = url.startsWith('//') ? `https:${url}` : url
  return `/.lodger/fetch/${encodeURIComponent(absolute)}`
}

/**
 * Resolves `src` as a component at `componentPath` (`pages/menu/index`) wrote it.
 *
 * A bundle path gives `/p/...`, a remote URL `/.lodger/fetch/...`; `data:`, `blob:` and the programs' own
 * `wxfile:` pass. Anything else, `/.lodger/` and `javascript:` among it, is refused with an empty string.
 */
export function resolveUrl(src: string, componentPath: string): string {
  try {
    return resolve(src, componentPath)
  } catch {
    // Half a surrogate pair cannot be in a URL.
    return ''
  }
}

function resolve(src: string, componentPath: string): string {
  const text = String(src ?? '')
    .replace(IGNORED, '')
    .trim()
    .replace(/\\/g, '/')
  if (text === '') return ''
  if (REMOTE.test(text)) return remoteUrl(text)
  if (/^(?:data:(?:image|font|audio|video)\/|blob:)/i.test(text)) return text
  if (/^wxfile:\/\//i.test(text))
    return `/.lodger/file/${encodePath(joinPath('', decodePath(text.slice(9))))}`
  if (SCHEME.test(text)) return ''
  const [path = '', query = ''] = splitQuery(text)
  const joined = joinPath(componentPath.replace(/^\//, ''), decodePath(path))
  if (joined === '' || /^\.lodger(?:\/|$)/i.test(joined)) return ''
  return `/p/${encodePath(joined)}${query}`
}

function splitQuery(text: string): [string, string] {
  const at = text.search(/[?#]/)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}
