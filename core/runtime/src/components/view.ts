// view and cover-view, which differ only in their style sheet.
import type { Definition } from './host'
import { hoverProperties, watchHover } from './hover'

function box(tag: string): Definition {
  return {
    tag,
    properties: hoverProperties('none', 50, 400),
    create(host) {
      return { update: watchHover(host) }
    },
  }
}

/** `<view>`, and `<cover-view>`: native layers do not exist here, so it is a view. */
export const boxes: readonly Definition[] = ['view', 'cover-view'].map(box)
