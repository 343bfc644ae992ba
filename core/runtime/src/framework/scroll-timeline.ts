// Animations that a scroll-view drives: `this.animate(selector, frames, duration, timeline)`.
import { hostOfElement } from '../components/host'

/** WeChat's description. Offsets are CSS pixels, `timeRange` is milliseconds of the animation. */
export interface ScrollTimeline {
  /** Selector of the scroll-view. */
  scrollSource: string
  orientation?: 'horizontal' | 'vertical'
  startScrollOffset: number
  endScrollOffset: number
  timeRange: number
}

/** How far the animation is (milliseconds) when the scroll-view stands at `offset`. */
export function timeAt(
  offset: number,
  { startScrollOffset, endScrollOffset, timeRange }: ScrollTimeline,
): number {
  const way = endScrollOffset - startScrollOffset
  const part = way === 0 ? Number(offset >= endScrollOffset) : (offset - startScrollOffset) / way
  return Math.min(1, Math.max(0, part)) * timeRange
}

/** Stops the animation's own time and lets the scroll-view in `source` drive it. */
export function followScroll(animation: Animation, source: Element | null, timeline: ScrollTimeline): void {
  const scroller = hostOfElement(source)?.instance.scroller
  animation.pause()
  if (!scroller) return
  const follow = (): void => {
    const offset = timeline.orientation === 'horizontal' ? scroller.scrollLeft : scroller.scrollTop
    animation.currentTime = timeAt(offset, timeline)
  }
  scroller.addEventListener('scroll', follow, { passive: true })
  animation.oncancel = () => scroller.removeEventListener('scroll', follow)
  follow()
}
