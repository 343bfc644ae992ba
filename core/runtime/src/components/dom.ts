// Small helpers for the plain DOM inside of components.

/** Creates an element with a class. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  parent?: HTMLElement,
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag)
  if (className !== '') created.className = className
  parent?.appendChild(created)
  return created
}

const SVG = 'http://www.w3.org/2000/svg'

/** Creates an SVG element with attributes. */
export function svg(tag: string, attributes: Record<string, string>, ...children: Element[]): SVGElement {
  const created = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value)
  for (const child of children) created.appendChild(child)
  return created
}

/** Replaces all children. (`replaceChildren` is younger than our browser floor.) */
export function fill(parent: HTMLElement, ...children: Node[]): void {
  parent.textContent = ''
  for (const child of children) parent.appendChild(child)
}

/** Joins CSS declarations, leaving out the empty ones. */
export function css(declarations: Record<string, string | number | undefined | false>): string {
  return Object.entries(declarations)
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([name, value]) => `${name}:${String(value)}`)
    .join(';')
}
