// sticky-section and sticky-header: headers that stay at the top of what scrolls while their section is in view; and
// the simple forms of Skyline's list-view and grid-view, and span.
import { css } from './dom'
import type { Definition, Host } from './host'
import { length } from './icon'

/** `<sticky-section>`. */
export const stickySection: Definition = {
  tag: 'sticky-section',
  properties: { padding: [null] },
  create: (host) => ({ update: () => host.style(css({ padding: sides(host) })) }),
}

/** `<sticky-header>`. The section that it is in pushes it out. */
export const stickyHeader: Definition = {
  tag: 'sticky-header',
  properties: { offsetTop: [null, 0], padding: [null] },
  create(host) {
    let scroller: EventTarget | null = null
    let onTop = false
    const look = (): void => {
      const view = (scroller as HTMLElement).getBoundingClientRect()
      const now =
        (scroller as HTMLElement).scrollTop > 0 &&
        host.element.getBoundingClientRect().top - view.top <= host.number('offsetTop') + 0.5
      if (now === onTop) return
      onTop = now
      host.emit('stickontopchange', { isStickOnTop: now })
    }
    return {
      update: () => host.style(css({ top: length(host.values.offsetTop), padding: sides(host) })),
      attached() {
        scroller = host.element.closest('.lg-scroll') ?? host.env.pageScroller(host.element)
        scroller?.addEventListener('scroll', look, { passive: true })
      },
      detached: () => scroller?.removeEventListener('scroll', look),
    }
  },
}

/** `<list-view>`. */
export const listView: Definition = {
  tag: 'list-view',
  properties: { padding: [null] },
  create: (host) => ({ update: () => host.style(css({ padding: sides(host) })) }),
}

/** `<grid-view>` with rows of equal height. */
export const gridView: Definition = {
  tag: 'grid-view',
  properties: {
    crossAxisCount: [Number, 2],
    mainAxisGap: [Number, 0],
    crossAxisGap: [Number, 0],
    padding: [null],
  },
  create: (host) => ({
    update() {
      const count = Math.max(1, Math.trunc(host.number('crossAxisCount', 2)))
      host.style(
        css({
          display: 'grid',
          'grid-template-columns': `repeat(${count},minmax(0,1fr))`,
          'row-gap': `${host.number('mainAxisGap')}px`,
          'column-gap': `${host.number('crossAxisGap')}px`,
          padding: sides(host),
        }),
      )
    },
  }),
}

/** `<span>`: text and pictures in a line. */
export const span: Definition = { tag: 'span' }

/** `padding` takes the four sides, beginning at the top. */
function sides(host: Host): string {
  const { padding } = host.values
  return Array.isArray(padding) ? padding.map((side) => length(side)).join(' ') : ''
}
