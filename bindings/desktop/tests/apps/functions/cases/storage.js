// wx storage: values of every type come back as they went in.
const { assert, is, pause, wrong } = require('../lib/runner.js')

const pairs = [
  { key: 'a', value: 1 },
  { key: 'b', value: { x: 1 } },
]
const put = (key, data) => () => wx.setStorageSync(key, data)

module.exports = [
  { api: 'setStorage', args: { key: 'k', data: { a: [1] } }, ok: {} },
  { api: 'setStorage', args: { key: 1, data: 1 }, fail: wrong('setStorage', 'key', 'String', 'Number') },
  { api: 'setStorage', args: {}, fail: wrong('setStorage', 'key', 'String', 'Undefined') },
  { api: 'setStorage', args: { key: '', data: 1 }, fail: /^setStorage:fail key is empty/ },
  { api: 'setStorage', args: { key: 'f', data: () => 1 }, fail: /^setStorage:fail .*function/ },
  {
    api: 'setStorage',
    args: { key: 'big', data: 'x'.repeat(1100000) },
    fail: 'setStorage:fail entry size limit reached',
  },
  { api: 'getStorage', before: put('k', 'v'), args: { key: 'k' }, ok: { data: is('v') } },
  { api: 'getStorage', args: { key: 'none' }, fail: 'getStorage:fail data not found' },
  { api: 'getStorage', args: {}, fail: wrong('getStorage', 'key', 'String', 'Undefined') },
  { api: 'getStorage', args: { key: {} }, fail: wrong('getStorage', 'key', 'String', 'Object') },
  {
    api: 'removeStorage',
    before: put('k', 1),
    args: { key: 'k' },
    after: () => assert(wx.getStorageSync('k') === '', 'still there'),
  },
  { api: 'removeStorage', args: { key: 'none' }, ok: {}, name: 'what is not there' },
  { api: 'removeStorage', args: {}, fail: wrong('removeStorage', 'key', 'String', 'Undefined') },
  {
    api: 'getStorageInfo',
    before: put('k', 1),
    args: {},
    ok: { keys: (keys) => keys.includes('k'), currentSize: 'Number', limitSize: 10240 },
  },
  { api: 'setStorageSync', with: ['k', new Date(5)], gives: is(undefined) },
  { api: 'setStorageSync', with: [5, 1], throws: wrong('setStorageSync', 'key', 'String', 'Number') },
  { api: 'setStorageSync', with: [], throws: wrong('setStorageSync', 'key', 'String', 'Undefined') },
  ...[1.5, 'text', true, null, { a: [1, { b: 2 }] }, [1, 'a'], ''].map((value) => ({
    api: 'getStorageSync',
    name: JSON.stringify(value),
    before: put('k', value),
    with: ['k'],
    gives: is(value),
  })),
  {
    api: 'getStorageSync',
    name: 'date',
    before: put('k', new Date(5)),
    with: ['k'],
    gives: (date) => date instanceof Date && date.getTime() === 5,
  },
  { api: 'getStorageSync', with: ['none'], gives: is('') },
  { api: 'getStorageSync', with: [], throws: wrong('getStorageSync', 'key', 'String', 'Undefined') },
  {
    api: 'removeStorageSync',
    before: put('k', 1),
    with: ['k'],
    gives: is(undefined),
    after: () => assert(wx.getStorageSync('k') === '', 'still there'),
  },
  { api: 'removeStorageSync', with: [], throws: wrong('removeStorageSync', 'key', 'String', 'Undefined') },
  {
    api: 'getStorageInfoSync',
    before: put('k', 1),
    with: [],
    gives: { keys: (keys) => keys.includes('k'), currentSize: 'Number', limitSize: 10240 },
  },
  { api: 'setStorage', args: { key: 'k', data: 1, encrypt: true }, ok: {}, name: 'encrypted' },
  {
    api: 'getStorage',
    args: { key: 'k', encrypt: true },
    before: () => wx.setStorage({ key: 'k', data: 2, encrypt: true }),
    ok: { data: 2 },
    name: 'encrypted',
  },
  {
    api: 'getStorage',
    args: { key: 'k', encrypt: 'x' },
    fail: wrong('getStorage', 'encrypt', 'Boolean', 'String'),
  },
  {
    api: 'batchSetStorage',
    args: { kvList: pairs },
    ok: {},
    after: () => assert(wx.getStorageSync('b').x === 1, 'not set'),
  },
  { api: 'batchSetStorage', args: {}, fail: wrong('batchSetStorage', 'kvList', 'Array', 'Undefined') },
  {
    api: 'batchSetStorage',
    args: { kvList: [{ value: 1 }] },
    fail: wrong('batchSetStorage', 'key', 'String', 'Undefined'),
  },
  {
    api: 'batchGetStorage',
    before: () => wx.batchSetStorageSync(pairs),
    args: { keyList: ['a', 'b', 'none'] },
    ok: { dataList: is([1, { x: 1 }, '']) },
  },
  { api: 'batchGetStorage', args: {}, fail: wrong('batchGetStorage', 'keyList', 'Array', 'Undefined') },
  {
    api: 'batchGetStorage',
    args: { keyList: [5] },
    fail: wrong('batchGetStorage', 'key', 'String', 'Number'),
  },
  {
    api: 'batchSetStorageSync',
    with: [pairs],
    gives: is(undefined),
    after: () => assert(wx.getStorageSync('a') === 1, 'not set'),
  },
  {
    api: 'batchSetStorageSync',
    with: [],
    throws: wrong('batchSetStorageSync', 'kvList', 'Array', 'Undefined'),
  },
  {
    api: 'batchGetStorageSync',
    before: () => wx.batchSetStorageSync(pairs),
    with: [['b', 'a']],
    gives: is([{ x: 1 }, 1]),
  },
  {
    api: 'batchGetStorageSync',
    with: ['a'],
    throws: wrong('batchGetStorageSync', 'keyList', 'Array', 'String'),
  },
  {
    api: 'clearStorage',
    before: put('k', 1),
    args: {},
    after: () => assert(wx.getStorageInfoSync().keys.length === 0, 'not empty'),
  },
  {
    api: 'clearStorageSync',
    before: put('k', 1),
    with: [],
    gives: is(undefined),
    after: () => assert(wx.getStorageInfoSync().keys.length === 0, 'not empty'),
  },
]
