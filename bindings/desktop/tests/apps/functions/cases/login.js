// Login and what asks the user on the host's screen, in a host that has no login, no contract, no other program and no
// chat: what comes of a yes is tested where there is a host that says it (core/engine/tests/engine/{login,questions}.rs).
const { assert, expect, is, unlike, wrong } = require('../lib/runner.js')

const none = 'system error: this host has no login'
const TAP = 'can only be invoked by user TAP gesture.'

/** Fails in the handler of a tap with this reason. */
const tapped = (api, args, reason, more = {}) => ({
  api,
  name: 'tapped',
  async check(t) {
    const error = await t.tapped(() => wx[api](args).catch((error) => error))
    const why = unlike(error, { errMsg: is(`${api}:fail ${reason}`), ...more })
    assert(!why, why)
  },
})

const nobody = {
  userInfo: { nickName: is('微信用户'), avatarUrl: 'String', gender: 0, language: is('zh_CN') },
  rawData: 'String',
  signature: 'String',
  encryptedData: 'String',
  iv: 'String',
}

module.exports = [
  { api: 'login', args: {}, fail: `login:fail ${none}` },
  { api: 'login', name: 'with a time-out', args: { timeout: 10000 }, fail: `login:fail ${none}` },
  { api: 'checkSession', args: {}, fail: `checkSession:fail ${none}` },
  { api: 'getUserInfo', args: {}, ok: nobody },
  {
    api: 'getUserProfile',
    name: 'tapped',
    check: async (t) =>
      expect(await t.tapped(() => wx.getUserProfile({ desc: 'x' })), { errMsg: is('getUserProfile:ok'), ...nobody }),
  },
  { api: 'getUserProfile', args: {}, fail: wrong('getUserProfile', 'desc', 'String') },
  tapped('requestSubscribeMessage', { tmplIds: [] }, "TmplIds can't be empty", { errCode: 10001 }),
  tapped('requestSubscribeMessage', { tmplIds: ['1', '2', '3', '4', '5', '6'] }, 'Templates count out of max bounds', {
    errCode: 20003,
  }),
  tapped('requestSubscribeMessage', { tmplIds: ['a'] }, 'Request list fail', { errCode: 10002 }),
  {
    api: 'requestSubscribeMessage',
    args: {},
    fail: wrong('requestSubscribeMessage', 'tmplIds', 'Array'),
  },
  tapped('navigateToMiniProgram', { appId: '' }, 'invalid appid'),
  tapped('navigateToMiniProgram', { shortLink: '#x' }, 'shortLink is not supported'),
  {
    api: 'navigateBackMiniProgram',
    args: { extraData: { a: 1 } },
    fail: 'navigateBackMiniProgram:fail this program was not opened by another',
  },
  tapped('openCustomerServiceChat', { corpId: 'x', extInfo: {} }, 'not supported by this host'),
  {
    api: 'openCustomerServiceChat',
    args: {},
    fail: wrong('openCustomerServiceChat', 'corpId', 'String'),
  },
  {
    api: 'getPrivacySetting',
    args: {},
    ok: { needAuthorization: false, privacyContractName: 'String' },
  },
  { api: 'requirePrivacyAuthorize', args: {}, ok: {} },
  { api: 'openPrivacyContract', args: {}, fail: 'openPrivacyContract:fail not supported by this host' },
  { api: 'onNeedPrivacyAuthorization', check: () => wx.onNeedPrivacyAuthorization(() => undefined) },
]

/** Before any tap. */
module.exports.untapped = [
  ['getUserProfile', { desc: 'x' }],
  ['openSetting', {}],
  ['navigateToMiniProgram', { appId: 'tea' }],
  ['requestSubscribeMessage', { tmplIds: ['a'] }],
  ['openCustomerServiceChat', { corpId: 'x', extInfo: {} }],
].map(([api, args]) => ({ api, args, fail: `${api}:fail ${TAP}` }))
