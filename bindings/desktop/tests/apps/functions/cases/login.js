// Login, in a host that has none: what a login gives is tested where there is a server (core/engine/tests/engine/login.rs).
const none = 'system error: this host has no login'

module.exports = [
  { api: 'login', args: {}, fail: `login:fail ${none}` },
  { api: 'login', name: 'with a time-out', args: { timeout: 10000 }, fail: `login:fail ${none}` },
  { api: 'checkSession', args: {}, fail: `checkSession:fail ${none}` },
]
