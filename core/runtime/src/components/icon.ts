// icon: WeChat's nine icons, drawn here.
import { fill, svg } from './dom'
import type { Definition } from './host'
import { rpx } from '../framework/rpx'
import { setAria } from './aria'
import { lookup } from './table'

const GREEN = '#07c160'
const BLUE = '#10aeff'
const RED = '#fa5151'
const GREY = '#b2b2b2'

interface Drawing {
  color: string
  /** Path data in a box of 24 by 24. */
  path: string
  /** A stroke instead of a filled shape. */
  stroke?: number
  label: string
}

/** A filled disc with a sign cut out of it (even-odd rule). */
const DISC = 'M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 0 0 0-21z'
const TICK = 'M10.3 16.9L5.6 12.2l1.3-1.3 3.4 3.4 6.9-6.9 1.3 1.3z'
const CROSS =
  'M12 10.7l3.8-3.8 1.3 1.3-3.8 3.8 3.8 3.8-1.3 1.3-3.8-3.8-3.8 3.8-1.3-1.3 3.8-3.8-3.8-3.8 1.3-1.3z'

// prettier-ignore
const DRAWINGS: Record<string, Drawing> = {
  success: { color: GREEN, path: DISC + TICK, label: 'success' },
  success_no_circle: { color: GREEN, path: 'M9.4 18.2L3.2 12l1.6-1.6 4.6 4.6L19.2 5.2l1.6 1.6z', label: 'success' },
  info: { color: BLUE, path: `${DISC}M11 10.5h2v7h-2zM12 6.4a1.3 1.3 0 1 0 0 2.6a1.3 1.3 0 0 0 0-2.6z`, label: 'info' },
  warn: { color: RED, path: `${DISC}M11 6.3h2v7.4h-2zM12 15.2a1.3 1.3 0 1 0 0 2.6a1.3 1.3 0 0 0 0-2.6z`, label: 'warning' },
  waiting: { color: BLUE, path: `${DISC}M11.2 6h1.7v6.2l4.2 2.5-.9 1.4-5-3z`, label: 'waiting' },
  cancel: { color: RED, path: DISC + CROSS, label: 'cancel' },
  download: { color: GREEN, path: `${DISC}M11.1 5.9h1.8v7.2l2.7-2.7 1.3 1.3L12 16.6l-4.9-4.9 1.3-1.3 2.7 2.7zM7 17.4h10v1.4H7z`, label: 'download' },
  search: { color: GREY, path: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.3 15.3L20.5 20.5', stroke: 1.8, label: 'search' },
  clear: { color: GREY, path: DISC + CROSS, label: 'clear' },
  circle: { color: '#c9c9c9', path: 'M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z', stroke: 1.2, label: '' },
}

/** The names that `<icon type>` knows. */
export const ICON_TYPES: readonly string[] = Object.keys(DRAWINGS)

/** One icon as SVG that fills its box, in the given or its own colour; null for an unknown type. */
export function drawIcon(type: string, color: string): SVGElement | null {
  const drawing = lookup(DRAWINGS, type)
  if (!drawing) return null
  const ink = color || drawing.color
  const style: Record<string, string> = drawing.stroke
    ? { fill: 'none', stroke: ink, 'stroke-width': String(drawing.stroke), 'stroke-linecap': 'round' }
    : { fill: ink, 'fill-rule': 'evenodd' }
  const box = { viewBox: '0 0 24 24', width: '100%', height: '100%', 'aria-hidden': 'true' }
  return svg('svg', box, svg('path', { d: drawing.path, ...style }))
}

/** A length as components take it: a number or digits are pixels, else CSS with rpx. */
export function length(value: unknown): string {
  const text = String(value ?? '').trim()
  return /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? `${text}px` : rpx(text)
}

/** `<icon>`. */
export const icon: Definition = {
  tag: 'icon',
  properties: { type: [String], size: [null, 23], color: [String] },
  create(host) {
    return {
      update() {
        const type = host.text('type')
        const drawn = drawIcon(type, host.text('color'))
        fill(host.element, ...(drawn ? [drawn] : []))
        const size = length(host.values.size)
        host.style(`width:${size};height:${size}`)
        const label = lookup(DRAWINGS, type)?.label
        if (drawn && label) setAria(host, { role: 'img', 'aria-label': label })
      },
    }
  },
}
