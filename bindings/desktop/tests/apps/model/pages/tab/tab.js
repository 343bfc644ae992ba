import { check } from '../../check'

Page({
  onShow() {
    const bar = this.getTabBar()
    check('custom tab bar', bar && bar.is === 'custom-tab-bar/index', bar && bar.is)
    if (bar) bar.setData({ chosen: 1 })
    console.log('TAB')
  },
})
