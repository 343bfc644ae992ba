// The few signs of the navigation bar, drawn as paths so that they take the bar's colour.

const SVG = 'http://www.w3.org/2000/svg'

/** A line drawing of 24 by 24. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'path')
  line.setAttribute('d', path)
  line.setAttribute('fill', 'none')
  line.setAttribute('stroke', 'currentColor')
  line.setAttribute('stroke-width', '2')
  line.setAttribute('stroke-linecap', 'round')
  line.setAttribute('stroke-linejoin', 'round')
  svg.append(line)
  return svg
}

export const BACK = 'M15 5l-7 7 7 7'
export const HOME = 'M4 11l8-7 8 7M6 9.5V20h12V9.5'
