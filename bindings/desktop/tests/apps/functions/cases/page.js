// The frame of a page: navigation bar, tab bar, pull-down, background, scrolling.
const { assert, is, until, wrong } = require('../lib/runner.js')

const scrollTop = () =>
  new Promise((resolve) =>
    wx
      .createSelectorQuery()
      .selectViewport()
      .scrollOffset(({ scrollTop }) => resolve(scrollTop))
      .exec(),
  )
const toTop = () => wx.pageScrollTo({ scrollTop: 0, duration: 0 })
const noTab = (t) => wx.navigateTo({ url: '/pages/other/other' })

const FONT = require('../lib/font.js')

/** The keyboard comes to the page's field. */
const focus = async (t) => {
  t.page().setData({ focus: false })
  t.page().setData({ focus: true })
  await until(() => t.page().data.focused, 'the focus')
}

/** A function of a tab bar's item. */
const item = (api, more = {}) => [
  { api, args: { index: 1, ...more }, ok: {} },
  { api, args: { ...more }, fail: wrong(api, 'index', 'Number', 'Undefined') },
  { api, args: { index: '1', ...more }, fail: wrong(api, 'index', 'Number', 'String') },
  { api, args: { index: 9, ...more }, fail: `${api}:fail tabbar item not found` },
  {
    api,
    before: noTab,
    after: (t) => t.back(),
    args: { index: 1, ...more },
    fail: `${api}:fail not TabBar page`,
  },
]

module.exports = [
  { api: 'setNavigationBarTitle', args: { title: 'Cases' }, ok: {} },
  {
    api: 'setNavigationBarTitle',
    args: {},
    fail: wrong('setNavigationBarTitle', 'title', 'String', 'Undefined'),
  },
  {
    api: 'setNavigationBarTitle',
    args: { title: 5 },
    fail: wrong('setNavigationBarTitle', 'title', 'String', 'Number'),
  },
  {
    api: 'setNavigationBarColor',
    args: {
      frontColor: '#000000',
      backgroundColor: '#eeeeee',
      animation: { duration: 10, timingFunc: 'easeIn' },
    },
    ok: {},
  },
  {
    api: 'setNavigationBarColor',
    args: { backgroundColor: '#eeeeee' },
    fail: wrong('setNavigationBarColor', 'frontColor', 'String', 'Undefined'),
  },
  {
    api: 'setNavigationBarColor',
    args: { frontColor: '#000000' },
    fail: wrong('setNavigationBarColor', 'backgroundColor', 'String', 'Undefined'),
  },
  {
    api: 'setNavigationBarColor',
    args: { frontColor: 'red', backgroundColor: '#eeeeee' },
    fail: 'setNavigationBarColor:fail invalid frontColor "red"',
  },
  { api: 'showNavigationBarLoading', args: {}, ok: {} },
  { api: 'hideNavigationBarLoading', args: {}, ok: {} },
  { api: 'hideHomeButton', args: {}, ok: {} },
  { api: 'setBackgroundColor', args: { backgroundColor: '#f5f5f5' }, ok: {} },
  {
    api: 'setBackgroundColor',
    args: { backgroundColor: 5 },
    fail: wrong('setBackgroundColor', 'backgroundColor', 'String', 'Number'),
  },
  { api: 'setBackgroundTextStyle', args: { textStyle: 'light' }, ok: {} },
  {
    api: 'setBackgroundTextStyle',
    args: {},
    fail: wrong('setBackgroundTextStyle', 'textStyle', 'String', 'Undefined'),
  },
  {
    api: 'setBackgroundTextStyle',
    args: { textStyle: 'red' },
    fail: 'setBackgroundTextStyle:fail invalid textStyle "red"',
  },
  { api: 'startPullDownRefresh', args: {}, ok: {} },
  { api: 'stopPullDownRefresh', args: {}, ok: {} },
  {
    api: 'pageScrollTo',
    args: { scrollTop: 300, duration: 0 },
    after: async () => assert((await scrollTop()) === 300, 'elsewhere', await scrollTop()),
  },
  {
    api: 'pageScrollTo',
    name: 'to a node, in time',
    before: toTop,
    args: { selector: '#far', offsetTop: -20, duration: 50 },
    after: async () => {
      assert((await scrollTop()) > 1500, 'elsewhere', await scrollTop())
      await toTop()
    },
  },
  {
    api: 'pageScrollTo',
    args: { selector: '#none' },
    fail: 'pageScrollTo:fail no node matches the selector "#none"',
  },
  {
    api: 'loadFontFace',
    args: { family: 'Case', source: 'url("data:font/ttf;base64,AAEAAAAA")' },
    fail: 'loadFontFace:fail the font could not be loaded',
  },
  {
    api: 'loadFontFace',
    args: { family: 'Case', source: 'javascript:1' },
    fail: /^loadFontFace:fail invalid source/,
  },
  {
    api: 'loadFontFace',
    args: { source: 'x' },
    fail: wrong('loadFontFace', 'family', 'String', 'Undefined'),
  },
  {
    api: 'loadFontFace',
    args: { family: 'Case' },
    fail: wrong('loadFontFace', 'source', 'String', 'Undefined'),
  },
  {
    api: 'loadFontFace',
    args: { family: 'Case', source: FONT, desc: { weight: 'bold' } },
    ok: { status: is('loaded') },
  },
  { api: 'showShareMenu', args: { withShareTicket: true, menus: ['shareAppMessage'] }, ok: {} },
  { api: 'hideShareMenu', args: {}, ok: {}, after: () => wx.showShareMenu() },
  { api: 'hideShareMenu', args: { menus: 'x' }, fail: wrong('hideShareMenu', 'menus', 'Array', 'String') },
  { api: 'updateShareMenu', args: { withShareTicket: true }, ok: {} },
  {
    api: 'hideKeyboard',
    before: focus,
    args: {},
    after: (t) => until(() => !t.page().data.focused, 'the blur'),
  },
  { api: 'hideKeyboard', args: {}, fail: 'hideKeyboard:fail no field has the focus' },
  {
    api: 'getSelectedTextRange',
    before: focus,
    after: () => wx.hideKeyboard(),
    args: {},
    ok: { start: 'Number', end: 'Number' },
  },
  { api: 'getSelectedTextRange', args: {}, fail: 'getSelectedTextRange:fail no field has the focus' },
  { api: 'showTabBar', args: {}, ok: {} },
  {
    api: 'showTabBar',
    before: noTab,
    after: (t) => t.back(),
    args: {},
    fail: 'showTabBar:fail not TabBar page',
  },
  { api: 'hideTabBar', args: { animation: false }, ok: {}, after: () => wx.showTabBar() },
  {
    api: 'hideTabBar',
    before: noTab,
    after: (t) => t.back(),
    args: {},
    fail: 'hideTabBar:fail not TabBar page',
  },
  {
    api: 'setTabBarStyle',
    args: { color: '#333333', selectedColor: '#000000', backgroundColor: '#ffffff', borderStyle: 'black' },
    ok: {},
  },
  {
    api: 'setTabBarStyle',
    before: noTab,
    after: (t) => t.back(),
    args: {},
    fail: 'setTabBarStyle:fail not TabBar page',
  },
  ...item('setTabBarItem', { text: 'Tab' }),
  {
    api: 'setTabBarItem',
    args: { index: 1, text: 5 },
    fail: wrong('setTabBarItem', 'text', 'String', 'Number'),
  },
  ...item('setTabBarBadge', { text: '7' }),
  { api: 'setTabBarBadge', args: { index: 1 }, fail: wrong('setTabBarBadge', 'text', 'String', 'Undefined') },
  ...item('removeTabBarBadge'),
  ...item('showTabBarRedDot'),
  ...item('hideTabBarRedDot'),
]
