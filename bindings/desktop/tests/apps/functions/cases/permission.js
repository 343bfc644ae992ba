// Scopes, and functions of the host.
const { wrong } = require('../lib/runner.js')

module.exports = [
  { api: 'getSetting', args: {}, ok: { authSetting: 'Object' } },
  { api: 'authorize', args: { scope: 'scope.none' }, fail: 'authorize:fail invalid scope' },
  { api: 'authorize', args: {}, fail: /^authorize:fail / },
  { api: 'authorize', args: { scope: 'scope.userLocation' }, ok: {} },
  { api: 'invokeHost', args: { name: 'none' }, fail: 'invokeHost:fail the host has no such function' },
  { api: 'invokeHost', args: {}, fail: /^invokeHost:fail / },
]
