// Toast, loading, dialog, sheet.
const { is, wrong } = require('../lib/runner.js')

const choice = (confirm, content = '') => ({ confirm, cancel: !confirm, content: is(content) })

module.exports = [
  { api: 'showToast', args: { title: 'Done' }, ok: {} },
  {
    api: 'showToast',
    args: { title: 'Wait', icon: 'none', mask: true, duration: 10 },
    ok: {},
    name: 'every option',
  },
  { api: 'showToast', args: {}, fail: wrong('showToast', 'title', 'String', 'Undefined') },
  { api: 'showToast', args: { title: {} }, fail: wrong('showToast', 'title', 'String', 'Object') },
  {
    api: 'showToast',
    args: { title: 'x', duration: '9' },
    fail: wrong('showToast', 'duration', 'Number', 'String'),
  },
  { api: 'hideToast', args: {}, ok: {} },
  { api: 'showLoading', args: { title: 'Wait' }, ok: {} },
  { api: 'showLoading', args: { title: 5 }, fail: wrong('showLoading', 'title', 'String', 'Number') },
  { api: 'hideLoading', args: {}, ok: {} },
  { api: 'hideLoading', args: { noConflict: true }, ok: {}, name: 'without one' },
  { api: 'showModal', args: { title: 'T', content: 'C' }, tap: '.lgo-confirm', ok: choice(true) },
  {
    api: 'showModal',
    args: { title: 'T', content: 'C' },
    tap: '.lgo-dialog-button',
    ok: choice(false),
    name: 'cancel',
  },
  {
    api: 'showModal',
    name: 'editable',
    args: {
      title: 'T',
      content: 'text',
      editable: true,
      placeholderText: 'P',
      confirmText: 'Yes',
      cancelText: 'No',
    },
    tap: '.lgo-confirm',
    tapText: 'Yes',
    ok: choice(true, 'text'),
  },
  { api: 'showModal', args: { confirmText: '一二三四五' }, fail: /^showModal:fail confirmText length/ },
  { api: 'showModal', args: { cancelText: '一二三四五' }, fail: /^showModal:fail cancelText length/ },
  {
    api: 'showActionSheet',
    args: { itemList: ['A', 'B'] },
    tap: '.lgo-sheet-item',
    tapText: 'B',
    ok: { tapIndex: 1 },
  },
  {
    api: 'showActionSheet',
    args: { itemList: ['A'] },
    tap: '.lgo-sheet-cancel',
    fail: 'showActionSheet:fail cancel',
  },
  { api: 'showActionSheet', args: {}, fail: wrong('showActionSheet', 'itemList', 'Array', 'Undefined') },
  {
    api: 'showActionSheet',
    args: { itemList: 'A' },
    fail: wrong('showActionSheet', 'itemList', 'Array', 'String'),
  },
  {
    api: 'showActionSheet',
    args: { itemList: [] },
    fail: 'showActionSheet:fail parameter error: itemList should have at least one item',
  },
  {
    api: 'showActionSheet',
    args: { itemList: [...'1234567'] },
    fail: 'showActionSheet:fail parameter error: itemList should not be larger than 6',
  },
]
