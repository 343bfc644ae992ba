// canvas: the kinds `2d` and `webgl`, whose node a program draws on itself, and the old kind with `canvas-id`, on
// which wx.createCanvasContext draws.
import { canvasNode, type CanvasNode } from './canvas-node'
import { element } from './dom'
import type { Definition, Host } from './host'

/** `<canvas>`. The bitmap of the new kinds is 300 by 150 until the program sets `node.width` and `node.height`. */
export const canvas: Definition = {
  tag: 'canvas',
  properties: { type: [String], canvasId: [String], disableScroll: [Boolean], width: [null], height: [null] },
  create(host) {
    const node = canvasNode(element('canvas', 'lg-canvas', host.element), (source) => host.url(source))
    nodes.set(host, node)
    return {
      node: () => node,
      update() {
        host.element.style.touchAction = host.flag('disableScroll') ? 'none' : ''
      },
      attached: () => attached.add(host),
      detached: () => attached.delete(host),
    }
  },
}

const nodes = new WeakMap<Host, CanvasNode>()
const attached = new Set<Host>()

/** An old canvas, drawn on in CSS pixels. */
export interface OldCanvas {
  node: CanvasNode
  /** Pixels of the bitmap for one CSS pixel. */
  ratio: number
  /** The URL of a picture that the program names. */
  resolve(source: string): string
}

/** The canvas with this `canvas-id` in the template of `owner`; its bitmap has been made to fit its box. */
export function oldCanvas(owner: unknown, id: string): OldCanvas | undefined {
  for (const host of attached) {
    if (host.component.ownerShadowRoot?.getHostNode() !== owner || host.text('canvasId') !== id) continue
    const node = nodes.get(host)
    if (!node) continue
    const ratio = window.devicePixelRatio || 1
    const { clientWidth, clientHeight } = host.element
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)]
    // Setting a size clears the bitmap.
    if (node.width !== width) node.width = width
    if (node.height !== height) node.height = height
    return { node, ratio, resolve: (source) => host.url(source) }
  }
  return undefined
}
