// What a program says to the frame of its page: navigation bar, tab bar, pull-down, scrolling, background.
import type { PageStack } from '../framework/page-stack'
import type { TabBar } from '../framework/tab-bar'
import type { Page } from '../framework/page'
import type { Reporter } from '../framework/reporter'
import { failure, type Options, type Work } from './call'
import type { Implementations } from './wx'

/** Adds the functions. `titled` is told each new title of the top page. */
export function addPageChrome(
  own: Implementations,
  stack: () => PageStack,
  tabBar: TabBar | undefined,
  reporter: Reporter,
): void {
  const top = (api: string): Page => {
    const page = stack().top
    if (!page) throw failure(api, 'no page is open')
    return page
  }
  own.async(
    'setNavigationBarTitle',
    ({ title }) => {
      top('setNavigationBarTitle').frame.bar.title = String(title)
      reporter.send('title', { title: String(title) })
    },
    { title: 'String' },
  )
  own.async(
    'setNavigationBarColor',
    ({ frontColor, backgroundColor, animation }) => {
      const { duration = 0, timingFunc = 'linear' } = (animation ?? {}) as {
        duration?: number
        timingFunc?: string
      }
      const easing = timingFunc.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      top('setNavigationBarColor').frame.bar.colour(
        String(frontColor),
        String(backgroundColor),
        duration,
        easing,
      )
    },
    { frontColor: 'String', backgroundColor: 'String' },
  )
  own.asyncAll({
    showNavigationBarLoading: () => void (top('showNavigationBarLoading').frame.bar.loading = true),
    hideNavigationBarLoading: () => void (top('hideNavigationBarLoading').frame.bar.loading = false),
    hideHomeButton: () =>
      void (top('hideHomeButton').frame.bar.left = stack().pages.length > 1 ? 'back' : 'none'),
    startPullDownRefresh: () => top('startPullDownRefresh').frame.pullDown.start(),
    stopPullDownRefresh: () => top('stopPullDownRefresh').frame.pullDown.stop(),
    setBackgroundTextStyle: ({ textStyle }) => {
      top('setBackgroundTextStyle').frame.pullDown.style = String(textStyle)
    },
    setBackgroundColor: ({ backgroundColor }) => {
      top('setBackgroundColor').frame.view.style.backgroundColor = String(backgroundColor ?? '')
    },
    pageScrollTo: (options) => scrollPage(top('pageScrollTo'), options),
  })
  addTabBar(own, tabBar, (api) => top(api))
}

/** Default duration of `pageScrollTo`, milliseconds. */
const SCROLL_TIME = 300

async function scrollPage(page: Page, options: Options): Promise<void> {
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

function addTabBar(own: Implementations, tabBar: TabBar | undefined, top: (api: string) => Page): void {
  /** Runs `change` on the tab bar, or fails as WeChat does where there is none. */
  const withBar =
    (api: string, change: (bar: TabBar, options: Options) => void): Work =>
    (options) => {
      if (!tabBar || tabBar.indexOf(top(api).path) < 0) throw failure(api, 'not TabBar page')
      change(tabBar, options)
    }
  const withItem = (api: string, change: (bar: TabBar, index: number, options: Options) => void): Work =>
    withBar(api, (bar, options) => {
      const index = Number(options['index'])
      if (!bar.item(index)) throw failure(api, 'tabbar item not found')
      change(bar, index, options)
    })
  const works: Record<string, Work> = {
    showTabBar: withBar('showTabBar', (bar) => (bar.hidden = false)),
    hideTabBar: withBar('hideTabBar', (bar) => (bar.hidden = true)),
    setTabBarStyle: withBar('setTabBarStyle', (bar, options) =>
      bar.restyle(chosen(options, ['color', 'selectedColor', 'backgroundColor', 'borderStyle'])),
    ),
    setTabBarItem: withItem('setTabBarItem', (bar, index, options) =>
      bar.setItem(index, chosen(options, ['text', 'iconPath', 'selectedIconPath'])),
    ),
    setTabBarBadge: withItem('setTabBarBadge', (bar, index, { text }) =>
      bar.setBadge(index, { text: String(text ?? '') }),
    ),
    removeTabBarBadge: withItem('removeTabBarBadge', (bar, index) => bar.setBadge(index, undefined)),
    showTabBarRedDot: withItem('showTabBarRedDot', (bar, index) => bar.setBadge(index, 'dot')),
    hideTabBarRedDot: withItem('hideTabBarRedDot', (bar, index) => bar.setBadge(index, undefined)),
  }
  own.asyncAll(works)
}

function chosen(options: Options, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, String(options[name])]])),
  )
}
