// Functions of the open platform: what needs a tap, what waits for the privacy contract, what the engine gets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bridge, Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { addOpen } from './open'
import { GUARDED, Privacy } from './privacy'
import { registered } from './registry'
import { Taps } from './tap'
import { Implementations, type Wx } from './wx'

const reporter = {
  traceCall: () => undefined,
  guard: (_: string, run: () => void) => run(),
} as unknown as Reporter

type Call = (options?: object) => Promise<Record<string, unknown>>

function made(answers: Record<string, () => Promise<Json>> = {}) {
  const calls: [string, Json][] = []
  const bridge = {
    call: (api: string, args: Json = {}) => {
      calls.push([api, args])
      return { answer: answers[api]?.() ?? Promise.resolve({}) }
    },
  } as unknown as Bridge
  const own = new Implementations(reporter)
  const taps = new Taps()
  addOpen(own, bridge, taps)
  const call = (api: string): Call => own.get(api) as Call
  return { bridge, own, taps, calls, call }
}

const TAPPED = {
  openSetting: {},
  navigateToMiniProgram: { appId: 'tea' },
  getUserProfile: { desc: 'x' },
  requestSubscribeMessage: { tmplIds: ['a'] },
  openCustomerServiceChat: { corpId: 'x', extInfo: { url: '' } },
}

test('what needs a tap fails without one and reaches no engine', async () => {
  const { call, calls, taps } = made()
  for (const [api, args] of Object.entries(TAPPED))
    await assert.rejects(call(api)(args), { errMsg: `${api}:fail can only be invoked by user TAP gesture.` })
  assert.deepEqual(calls, [])
  taps.tapped()
  for (const [api, args] of Object.entries(TAPPED)) await call(api)(args)
  assert.deepEqual(
    (calls as [string, Json][]).map(([api]) => api),
    Object.keys(TAPPED).filter((api) => api !== 'getUserProfile'),
  )
})

test('a tap does not last', async (t) => {
  const { call, taps } = made()
  taps.tapped()
  const now = performance.now()
  t.mock.method(performance, 'now', () => now + 6_000)
  await assert.rejects(call('openSetting')({}))
})

test('the engine gets what WeChat documents, without functions', async () => {
  const { call, calls, taps } = made()
  taps.tapped()
  await call('login')({ timeout: 5, success: undefined, code: 'x' })
  await call('navigateToMiniProgram')({
    appId: 'tea',
    path: 'a?b=1',
    extraData: { n: 1, f() {} },
    referrer: 'bank',
  })
  await call('navigateBackMiniProgram')({ extraData: { n: 2 } })
  assert.deepEqual(calls, [
    ['login', { timeout: 5 }],
    ['navigateToMiniProgram', { appId: 'tea', path: 'a?b=1', extraData: { n: 1 } }],
    ['navigateBackMiniProgram', { extraData: { n: 2 } }],
  ])
  const round: Record<string, unknown> = {}
  round.self = round
  await assert.rejects(call('navigateToMiniProgram')({ appId: 'tea', extraData: round }))
})

test('nobody is who WeChat says the user is', async () => {
  const { call, calls, taps } = made()
  taps.tapped()
  for (const [api, args] of [
    ['getUserInfo', {}],
    ['getUserProfile', { desc: 'to greet' }],
  ] as const) {
    const { userInfo, rawData } = await call(api)(args)
    assert.equal((userInfo as { nickName: string }).nickName, '微信用户')
    assert.deepEqual(JSON.parse(String(rawData)), userInfo)
  }
  assert.deepEqual(calls, [])
})

test('a subscription that fails has errCode', async () => {
  const { call, taps } = made({
    requestSubscribeMessage: () =>
      Promise.reject({ errMsg: 'requestSubscribeMessage:fail Templates type must be same', errno: 20002 }),
  })
  taps.tapped()
  await assert.rejects(call('requestSubscribeMessage')({ tmplIds: ['a'] }), {
    errMsg: 'requestSubscribeMessage:fail Templates type must be same',
    errCode: 20002,
  })
})

/** A program with a contract, one guarded function, and what it was called with. */
function withContract(agreed: { now: boolean }) {
  const { bridge, own, calls } = made({
    getPrivacySetting: () => Promise.resolve({ needAuthorization: !agreed.now }),
    requirePrivacyAuthorize: () =>
      agreed.now
        ? Promise.resolve({})
        : Promise.reject({ errMsg: 'requirePrivacyAuthorize:fail no', errno: 104 }),
  })
  const privacy = new Privacy(bridge, reporter, true)
  privacy.add(own)
  const chosen: object[] = []
  const wx = {
    chooseImage: (options: { success(result: object): void }) => {
      chosen.push(options)
      options.success({ errMsg: 'chooseImage:ok', tempFilePaths: [] })
    },
  } as unknown as Wx
  privacy.guard(wx)
  const listen = own.get('onNeedPrivacyAuthorization') as (listener: unknown) => void
  return { privacy, calls, chosen, listen, chooseImage: wx.chooseImage as unknown as Call }
}

test('a guarded function waits for the host’s sheet and fails without the agreement', async () => {
  const agreed = { now: false }
  const { chooseImage, chosen, calls } = withContract(agreed)
  await assert.rejects(chooseImage({}), { errMsg: 'chooseImage:fail no', errno: 104 })
  assert.equal(chosen.length, 0)
  agreed.now = true
  await chooseImage({})
  assert.equal(chosen.length, 1)
  const asked = calls.length
  await new Promise((done) => void chooseImage({ success: done }))
  assert.equal(calls.length, asked, 'asked once')
})

test('two functions wait for one sheet', async () => {
  const { chooseImage, calls } = withContract({ now: true })
  await Promise.all([chooseImage({}), chooseImage({})])
  const agreed = withContract({ now: false })
  await Promise.allSettled([agreed.chooseImage({}), agreed.chooseImage({})])
  assert.equal(agreed.calls.filter(([api]) => api === 'requirePrivacyAuthorize').length, 1)
  assert.equal(calls.filter(([api]) => api === 'requirePrivacyAuthorize').length, 0)
})

test('a program’s own sheet answers by its button, and only when that was tapped', async () => {
  const { chooseImage, chosen, listen, privacy } = withContract({ now: false })
  type Answer = (answer: { event: string; buttonId?: string }) => void
  const asked: [Answer, { referrer: string }][] = []
  listen((resolve: Answer, info: { referrer: string }) => asked.push([resolve, info]))
  const refused = chooseImage({})
  await new Promise(setImmediate)
  const [resolve, info] = asked[0]!
  assert.equal(info.referrer, 'chooseImage')
  resolve({ event: 'exposureAuthorization' })
  resolve({ event: 'agree', buttonId: 'agree-btn' })
  await assert.rejects(refused, {
    errMsg: 'chooseImage:fail privacy permission is not authorized',
    errno: 104,
  })
  const granted = chooseImage({})
  await new Promise(setImmediate)
  await privacy.agree('agree-btn')
  asked[1]![0]({ event: 'agree', buttonId: 'agree-btn' })
  await granted
  assert.equal(chosen.length, 1)
})

test('programs without a contract keep their functions as they are, and the list names what exists', () => {
  const { bridge } = made()
  const wx = { chooseImage: () => undefined } as unknown as Wx
  const before = wx.chooseImage
  new Privacy(bridge, reporter, false).guard(wx)
  assert.equal(wx.chooseImage, before)
  for (const name of GUARDED) assert.ok(registered(name), name)
})
