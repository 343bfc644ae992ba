// What a program says to the tab bar. Fails as WeChat does where there is none, or the item does not exist.
import type { Page } from '../framework/page'
import type { TabBar } from '../framework/tab-bar'
import { failure } from './call'
import type { Implementations } from './wx'

/** Adds the functions. */
export function addTabBar(
  own: Implementations,
  top: (api: string) => Page,
  tabBar: TabBar | undefined,
): void {
  const bar = (api: string): TabBar => {
    if (!tabBar || tabBar.indexOf(top(api).path) < 0) throw failure(api, 'not TabBar page')
    return tabBar
  }
  const item = (api: string, index: number): TabBar => {
    const found = bar(api)
    if (!found.item(index)) throw failure(api, 'tabbar item not found')
    return found
  }
  own.asyncAll({
    showTabBar: () => void (bar('showTabBar').hidden = false),
    hideTabBar: () => void (bar('hideTabBar').hidden = true),
    setTabBarStyle: (options) =>
      bar('setTabBarStyle').restyle(
        chosen(options, ['color', 'selectedColor', 'backgroundColor', 'borderStyle']),
      ),
  })
  own.async(
    'setTabBarItem',
    (options) =>
      item('setTabBarItem', options.index).setItem(
        options.index,
        chosen(options, ['text', 'iconPath', 'selectedIconPath']),
      ),
    { index: 'Number', text: 'String?', iconPath: 'String?', selectedIconPath: 'String?' },
  )
  own.async('setTabBarBadge', ({ index, text }) => item('setTabBarBadge', index).setBadge(index, { text }), {
    index: 'Number',
    text: 'String',
  })
  own.async('removeTabBarBadge', ({ index }) => item('removeTabBarBadge', index).setBadge(index, undefined), {
    index: 'Number',
  })
  own.async('showTabBarRedDot', ({ index }) => item('showTabBarRedDot', index).setBadge(index, 'dot'), {
    index: 'Number',
  })
  own.async('hideTabBarRedDot', ({ index }) => item('hideTabBarRedDot', index).setBadge(index, undefined), {
    index: 'Number',
  })
}

function chosen<K extends string>(options: { [N in K]?: string }, names: K[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, String(options[name])]])),
  )
}
