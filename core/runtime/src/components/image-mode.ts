// What the modes of image mean in CSS.

/** How a picture lies in its box. */
export interface Fit {
  /** `object-fit` of the picture. */
  fit: 'fill' | 'contain' | 'cover' | 'none'
  /** `object-position` of the picture. */
  position: string
  /** Which side of the box follows from the picture, for `widthFix` and `heightFix`. */
  follows: 'height' | 'width' | null
}

/** The modes that crop: the picture keeps its size, and one part of it shows. */
// prettier-ignore
const CROPS = [
  'top', 'bottom', 'center', 'left', 'right', 'top left', 'top right', 'bottom left', 'bottom right',
]

/** CSS for a mode. An unknown mode is WeChat's default, `scaleToFill`. */
export function fitOf(mode: string): Fit {
  const name = mode.trim().replace(/\s+/g, ' ')
  const center = 'center center'
  switch (name) {
    case 'aspectFit':
      return { fit: 'contain', position: center, follows: null }
    case 'aspectFill':
      return { fit: 'cover', position: center, follows: null }
    case 'widthFix':
      return { fit: 'fill', position: center, follows: 'height' }
    case 'heightFix':
      return { fit: 'fill', position: center, follows: 'width' }
    default:
      return CROPS.includes(name)
        ? { fit: 'none', position: name, follows: null }
        : { fit: 'fill', position: center, follows: null }
  }
}
