// text: inline text, with WeChat's `space` and `decode`.
import type { Definition, Host } from './host'
import { decodeEntities, spaces } from './entities'

/** `<text>`. Its children stay where the template put them; only `space` and `decode` rewrite them. */
export const text: Definition = {
  tag: 'text',
  properties: {
    selectable: [Boolean],
    userSelect: [Boolean],
    space: [String],
    decode: [Boolean],
    overflow: [String],
    maxLines: [Number],
  },
  create(host) {
    let observer: MutationObserver | undefined
    return {
      update(changed) {
        const { element } = host
        element.toggleAttribute('selectable', host.flag('selectable') || host.flag('userSelect'))
        element.toggleAttribute('user-select', host.flag('userSelect'))
        if (changed === null || changed.has('overflow') || changed.has('maxLines')) cut(host)
        if (observer || (!host.flag('decode') && host.text('space') === '')) return
        // Text nodes come after the properties, and change later.
        observer = new MutationObserver(() => rewrite(host))
        if (host.isAttached) watch(host, observer)
      },
      attached() {
        if (observer) watch(host, observer)
      },
      detached() {
        observer?.disconnect()
      },
    }
  },
}

/** `max-lines` and `overflow`. Browsers cut lines off with an ellipsis only; `clip` and `fade` are cut by height. */
function cut(host: Host): void {
  const lines = Math.trunc(host.number('maxLines'))
  const overflow = host.text('overflow') || 'visible'
  host.element.setAttribute('overflow', overflow)
  host.element.toggleAttribute('max-lines', lines > 0)
  host.style(lines > 0 ? `-webkit-line-clamp:${lines};--lg-lines:${lines}` : '')
}

function watch(host: Host, observer: MutationObserver): void {
  observer.observe(host.element, { childList: true, characterData: true, subtree: true })
  rewrite(host)
}

/** What we wrote last into a text node: our own writes must not be decoded again. */
const written = new WeakMap<Node, string>()

function rewrite(host: Host): void {
  const walker = document.createTreeWalker(host.element, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const before = node.nodeValue ?? ''
    if (written.get(node) === before) continue
    const decoded = host.flag('decode') ? decodeEntities(before) : before
    const after = spaces(decoded, host.text('space'))
    written.set(node, after)
    if (after !== before) node.nodeValue = after
  }
}
