// Small helpers for building the page. Everything that comes from a program is set as text, never as markup.

/**
 * An element. `props` are properties (`className`, `onclick`, …); names with a dash become attributes.
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined) continue
    if (name.includes('-') || name === 'role') element.setAttribute(name, String(value))
    else element[name] = value
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/**
 * A picture of one path, 16 by 16, in the colour of the text.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'icon')
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  svg.append(shape)
  return svg
}

/**
 * A button with a picture; its name is for those who cannot see it, and its tip.
 * @param {string} name
 * @param {string} path
 * @param {() => void} onclick
 */
export function iconButton(name, path, onclick) {
  return el('button', { type: 'button', className: 'tool', title: name, 'aria-label': name, onclick }, icon(path))
}

/**
 * A choice from a list of [value, text].
 * @param {string} name
 * @param {[string, string][]} options
 * @param {(value: string) => void} choose
 */
export function select(name, options, choose) {
  const element = el(
    'select',
    { title: name, 'aria-label': name, onchange: () => choose(element.value) },
    ...options.map(([value, text]) => el('option', { value }, text)),
  )
  return element
}

/**
 * What a panel shows while it has nothing.
 * @param {string} title
 * @param {string} text
 */
export const empty = (title, text) => el('div', { className: 'empty' }, el('strong', {}, title), el('span', {}, text))

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1) return '<1 ms'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** @param {number} time milliseconds since 1970 */
export function clock(time) {
  const date = new Date(time)
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
