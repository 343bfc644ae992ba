// Functions of the device: what is checked before a host is asked, and what the host gets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bridge, Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { addDevice } from './device'
import { Implementations } from './wx'

const reporter = { traceCall: () => undefined } as unknown as Reporter

function device(): { call: (api: string, options?: Json) => Promise<unknown>; calls: [string, Json][] } {
  const calls: [string, Json][] = []
  const bridge = {
    call: (api: string, args: Json) => {
      calls.push([api, args])
      return { answer: Promise.resolve({}) }
    },
  } as unknown as Bridge
  const own = new Implementations(reporter)
  addDevice(own, bridge)
  const call = (api: string, options?: Json): Promise<unknown> =>
    (own.get(api) as (options?: Json) => Promise<unknown>)(options)
  return { call, calls }
}

test('a host gets the parameters that WeChat documents, and no others', async () => {
  const { call, calls } = device()
  await call('setScreenBrightness', { value: 0.5, other: 1 })
  await call('setKeepScreenOn', { keepScreenOn: true })
  await call('vibrateShort')
  await call('scanCode', { scanType: ['qrCode'], result: 'x' })
  await call('getLocation', { type: 'gcj02', isHighAccuracy: true, altitude: null })
  assert.deepEqual(calls, [
    ['setScreenBrightness', { value: 0.5 }],
    ['setKeepScreenOn', { keepScreenOn: true }],
    ['vibrateShort', {}],
    ['scanCode', { scanType: ['qrCode'] }],
    ['getLocation', { type: 'gcj02', isHighAccuracy: true }],
  ])
})

test('wrong and missing parameters reach no host', async () => {
  const { call, calls } = device()
  for (const [api, options, wrong] of [
    ['vibrateShort', { type: 5 }, 'type should be String instead of Number'],
    ['setScreenBrightness', {}, 'value should be Number instead of Undefined'],
    ['setScreenBrightness', { value: '1' }, 'value should be Number instead of String'],
    ['setKeepScreenOn', {}, 'keepScreenOn should be Boolean instead of Undefined'],
    ['setVisualEffectOnCapture', { visualEffect: 1 }, 'visualEffect should be String instead of Number'],
    ['scanCode', { scanType: 'qrCode' }, 'scanType should be Array instead of String'],
    ['getLocation', { type: 5 }, 'type should be String instead of Number'],
    ['getFuzzyLocation', { type: 5 }, 'type should be String instead of Number'],
  ] as const)
    await assert.rejects(call(api, options), { errMsg: `${api}:fail parameter error: parameter.${wrong};` })
  assert.deepEqual(calls, [])
})
