// rich-text: HTML or nodes, shown but never run.
import { fill } from './dom'
import { renderNodes, type RichContext } from './rich-nodes'
import type { Definition, Host } from './host'

/** `<rich-text>`. Taps inside of it reach the component itself, never a node of its content. */
export const richText: Definition = {
  tag: 'rich-text',
  properties: {
    nodes: [null, ''],
    space: [String],
    mode: [String],
    userSelect: [Boolean],
  },
  create(host) {
    return {
      update(changed) {
        host.element.toggleAttribute('selectable', host.flag('userSelect'))
        if (changed !== null && !changed.has('nodes') && !changed.has('space')) return
        fill(host.element, renderNodes(host.values.nodes, contextOf(host)))
      },
    }
  },
}

function contextOf(host: Host): RichContext {
  return {
    url: (source) => host.url(source),
    classes: (names) => host.resolveClasses(names),
    space: host.text('space'),
  }
}
