// Names as CSS and WXML write them.

/** `fontSize` as `font-size`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
