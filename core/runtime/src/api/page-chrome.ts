// What a program says to the frame of its page: navigation bar, pull-down, background, scrolling.
import type { PageStack } from '../framework/page-stack'
import type { Page } from '../framework/page'
import type { Reporter } from '../framework/reporter'
import { colorOption } from '../ui/layer'
import { failure } from './call'
import type { Option } from './typed'
import type { Implementations } from './wx'
import { kebab } from '../framework/kebab'

/** Adds the functions. The reporter is told each new title of the top page. */
export function addPageChrome(
  own: Implementations,
  top: (api: string) => Page,
  stack: () => PageStack,
  reporter: Reporter,
): void {
  own.async(
    'setNavigationBarTitle',
    ({ title }) => {
      top('setNavigationBarTitle').frame.bar.title = title
      reporter.send('title', { title })
    },
    { title: 'String' },
  )
  own.async(
    'setNavigationBarColor',
    ({ frontColor, backgroundColor, animation }) => {
      const front: string = frontColor.toLowerCase()
      if (front !== '#ffffff' && front !== '#000000')
        throw failure('setNavigationBarColor', `invalid frontColor "${frontColor}"`, 1001)
      const { duration = 0, timingFunc = 'linear' } = animation ?? {}
      const easing = kebab(timingFunc)
      const { bar } = top('setNavigationBarColor').frame
      bar.colour(front, backgroundColor, duration, easing)
    },
    { frontColor: 'String', backgroundColor: 'String', animation: 'Object?' },
  )
  own.asyncAll({
    showNavigationBarLoading: () => void (top('showNavigationBarLoading').frame.bar.loading = true),
    hideNavigationBarLoading: () => void (top('hideNavigationBarLoading').frame.bar.loading = false),
    hideHomeButton: () =>
      void (top('hideHomeButton').frame.bar.left = stack().pages.length > 1 ? 'back' : 'none'),
    startPullDownRefresh: () => top('startPullDownRefresh').frame.pullDown.start(),
    stopPullDownRefresh: () => top('stopPullDownRefresh').frame.pullDown.stop(),
    pageScrollTo: (options) => scrollPage(top('pageScrollTo'), options),
  })
  own.async(
    'setBackgroundTextStyle',
    ({ textStyle }) => {
      if (textStyle !== 'dark' && textStyle !== 'light')
        throw failure('setBackgroundTextStyle', `invalid textStyle "${String(textStyle)}"`, 1001)
      top('setBackgroundTextStyle').frame.pullDown.style = textStyle
    },
    { textStyle: 'String' },
  )
  own.async(
    'setBackgroundColor',
    ({ backgroundColor, backgroundColorTop, backgroundColorBottom }) => {
      const { view } = top('setBackgroundColor').frame
      // Above and below a page shows what the window shows: iOS has three colours, everything else one.
      const colour = backgroundColor ?? backgroundColorTop ?? backgroundColorBottom
      view.style.backgroundColor = colorOption(colour, '')
    },
    { backgroundColor: 'String?', backgroundColorTop: 'String?', backgroundColorBottom: 'String?' },
  )
}

/** Default duration of `pageScrollTo`, milliseconds. */
const SCROLL_TIME = 300

async function scrollPage(page: Page, options: Option<'pageScrollTo'>): Promise<void> {
  const { scroller } = page.frame
  const { selector, scrollTop, duration = SCROLL_TIME, offsetTop = 0 } = options
  let to = Number(scrollTop ?? scroller.scrollTop)
  if (typeof selector === 'string') {
    const node = page.component?.getShadowRoot()?.querySelector(selector) as
      { $$?: Element } | null | undefined
    if (!node?.$$) throw failure('pageScrollTo', `no node matches the selector "${selector}"`)
    to = node.$$.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    to += Number(offsetTop)
  }
  await page.frame.scrollTo(to, Number(duration))
}
