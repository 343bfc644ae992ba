// What `wx` holds: what works, what fails in WeChat's words, and what nobody knows (ADR 0007).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { registered } from './registry'
import { createWx, Implementations } from './wx'

function make() {
  const missing: string[] = []
  const reporter = {
    guard: (_: string, run: () => unknown) => run(),
    missing: (name: string) => void missing.push(name),
    traceCall: () => undefined,
    error: () => undefined,
  } as unknown as Reporter
  const own = new Implementations(reporter)
  own.async('showToast', ({ title }) => assert.equal(title, 'x'), { title: 'String' })
  return { wx: createWx(own, {} as Bridge, reporter), missing }
}

test('a function that does not work fails by callback and by promise, and is missing when called', async () => {
  const { wx, missing } = make()
  assert.equal(registered('shareVideoToGroup'), undefined)
  const wanted = { errMsg: 'shareVideoToGroup:fail not supported' }
  assert.equal(typeof wx.shareVideoToGroup, 'function')
  assert.deepEqual(missing, [], 'reading is how libraries ask')
  await assert.rejects(async () => wx.shareVideoToGroup?.({ videoPath: 'x' }), wanted)
  const told = await new Promise((fail) => void wx.shareVideoToGroup?.({ videoPath: 'x', fail }))
  assert.deepEqual(told, wanted)
  assert.deepEqual(new Set(missing), new Set(['wx.shareVideoToGroup']))
})

test('without callbacks to fail with, it throws; a listener for what never happens does nothing', () => {
  const { wx, missing } = make()
  assert.throws(() => wx.createVKSession?.({} as never), {
    name: 'Error',
    message: 'createVKSession:fail not supported',
    errMsg: 'createVKSession:fail not supported',
  })
  assert.equal(
    wx.onGeneratePoster?.(() => undefined),
    undefined,
  )
  assert.deepEqual(missing, ['wx.createVKSession', 'wx.onGeneratePoster'])
})

test('a name that nobody knows is undefined and missing when read', () => {
  const { wx, missing } = make()
  assert.equal((wx as Record<string, unknown>)['noSuchFunction'], undefined)
  assert.equal('noSuchFunction' in wx, false)
  assert.deepEqual(missing, ['wx.noSuchFunction'])
})

test('a function that works checks its parameters and adds errMsg', async () => {
  const { wx } = make()
  assert.deepEqual(await wx.showToast?.({ title: 'x' }), { errMsg: 'showToast:ok' })
  await assert.rejects(async () => wx.showToast?.({ title: 5 as never }), {
    errMsg: 'showToast:fail parameter error: parameter.title should be String instead of Number;',
    errno: 1001,
  })
})
