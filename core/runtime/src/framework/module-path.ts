// Names of modules, packages and style scopes.
import { joinPath } from './url'

/** Where a path that was not resolved at build time may point to, first choice first. */
export function candidates(from: string, id: string): string[] {
  if (id.startsWith('/')) return [joinPath('', id)]
  const found = [joinPath(from, id)]
  if (id.startsWith('.')) return found
  const folders = from.split('/').slice(0, -1)
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    found.push([...folders.slice(0, depth), 'miniprogram_npm', id].join('/'))
  }
  found.push(id)
  return found
}

/** Prefix of the class names of one component. */
export function scopeName(index: number): string {
  return `s${index.toString(36)}`
}

/** A package root without slashes at its ends. */
export function trimmed(root: string): string {
  return root.replace(/^\/|\/$/g, '')
}
