// wx.loadFontFace: a font from the network, through the engine, for every page of the program.
import { resolveUrl } from '../framework/url'
import { failure } from './call'
import type { Work } from './typed'

/** `url("https://…")` as in a style sheet; the address without its wrapping too. */
const SOURCE = /^\s*(?:url\(\s*(["']?)(.*?)\1\s*\).*|(\S+))\s*$/s

/** Loads the font and waits until it can be drawn with. */
export const loadFontFace: Work<'loadFontFace'> = async ({ family, source, desc }) => {
  const [, , quoted, bare] = SOURCE.exec(source) ?? []
  const url = resolveUrl(quoted ?? bare ?? '', '')
  if (url === '') throw failure('loadFontFace', `invalid source "${source.slice(0, 200)}"`, 1001)
  const { style = 'normal', weight = 'normal', variant = 'normal' } = desc ?? {}
  // The URL comes from `resolveUrl`: it has no quotes that could end the text.
  const face = new FontFace(family, `url("${url}")`, { style, weight, variant } as FontFaceDescriptors)
  try {
    await face.load()
  } catch {
    throw { ...failure('loadFontFace', 'the font could not be loaded'), status: 'error' }
  }
  // Fonts belong to the document: pages and components share them, whatever `global` says.
  document.fonts.add(face)
  return { status: 'loaded' }
}
