// WeChat's calling conventions, stored values, and requests on the wire.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reporter } from '../framework/reporter'
import { asFailure, asyncFunction, parameterError } from './call'
import { createAnimation } from './animation'
import { toWire, withQuery } from './request'
import { decodeValue, encodeValue } from './storage-value'

const reporter = {
  guard: (_: string, run: () => unknown) => run(),
  error: () => undefined,
  traceCall: () => undefined,
} as unknown as Reporter

test('without callbacks a call gives a promise', async () => {
  const ok = asyncFunction('x', () => ({ data: 1 }), reporter)
  assert.deepEqual(await ok({}), { errMsg: 'x:ok', data: 1 })
  const bad = asyncFunction('x', () => Promise.reject(new Error('no')), reporter)
  await assert.rejects(bad() as Promise<unknown>, { errMsg: 'x:fail no' })
})

test('with a callback it gives nothing and calls back, complete last', async () => {
  const order: unknown[] = []
  const call = asyncFunction('x', () => Promise.reject({ errMsg: 'xSync:fail broken', errno: 3 }), reporter)
  await new Promise<void>((resolve) => {
    const answer = call({
      success: () => order.push('success'),
      fail: (error: unknown) => order.push(error),
      complete: () => resolve(void order.push('complete')),
    })
    assert.equal(answer, undefined)
  })
  assert.deepEqual(order, [{ errMsg: 'x:fail broken', errno: 3 }, 'complete'])
})

test('wrong parameters are named in WeChat’s words', async () => {
  assert.equal(parameterError({}, { url: 'String' }), 'parameter.url should be String instead of Undefined;')
  assert.equal(parameterError({ n: null }, { n: 'Number?' }), undefined)
  const call = asyncFunction('navigateTo', () => undefined, reporter, { url: 'String' })
  await assert.rejects(call({ url: 1 }) as Promise<unknown>, {
    errMsg: 'navigateTo:fail parameter error: parameter.url should be String instead of Number;',
  })
})

test('a failure keeps its own name', () => {
  assert.deepEqual(asFailure('x', { errMsg: 'x:fail a:fail b' }), { errMsg: 'x:fail a:fail b' })
  assert.deepEqual(asFailure('x', 'why'), { errMsg: 'x:fail why' })
})

test('stored values come back as they went in', () => {
  const date = new Date(1234)
  const values = [
    '',
    'x',
    'n1',
    0,
    -0,
    1.5,
    NaN,
    Infinity,
    true,
    false,
    null,
    undefined,
    [],
    [1, { a: 'b' }],
    {},
    date,
  ]
  for (const value of values) assert.deepEqual(decodeValue(encodeValue(value)), value)
  assert.throws(() => encodeValue(() => 1), TypeError)
  const cycle: unknown[] = []
  cycle.push(cycle)
  assert.throws(() => encodeValue(cycle), /cycle/)
  assert.equal(decodeValue('j{broken'), '{broken')
})

test('requests go on the wire as WeChat sends them', () => {
  const blobs: Uint8Array[] = []
  const bridge = { putBlob: (bytes: Uint8Array) => `t${blobs.push(bytes)}` }
  const wire = (options: object): Record<string, unknown> => toWire(options as never, bridge)
  assert.deepEqual(wire({ url: 'https://a/x?a=1', data: { a: 2, b: [1] } }), {
    url: 'https://a/x?a=2&b=%5B1%5D',
    method: 'GET',
    header: { 'content-type': 'application/json' },
  })
  assert.equal(wire({ url: 'https://a', method: 'post', data: { a: 1 } })['data'], '{"a":1}')
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  assert.equal(
    wire({ url: 'https://a', method: 'POST', header: form, data: { a: 1, b: 'ü' } })['data'],
    'a=1&b=%C3%BC',
  )
  assert.equal(wire({ url: 'https://a', method: 'POST', data: new Uint8Array([1, 2]).buffer })['blob'], 't1')
  assert.deepEqual([...(blobs[0] ?? [])], [1, 2])
  assert.equal(wire({ url: 'https://a', method: 'POST', data: 'x'.repeat(200_000) })['blob'], 't2')
  assert.equal(withQuery('https://a/x#h', { q: '1' }), 'https://a/x?q=1#h')
})

test('an animation is its steps; export empties it', () => {
  const animation = createAnimation({ duration: 10 })
  animation.translateX(5).backgroundColor('red').step()
  assert.deepEqual(animation.export(), {
    actions: [
      {
        animates: [
          { type: 'translateX', args: ['5px'] },
          { type: 'style', args: ['background-color', 'red'] },
        ],
        option: {
          transformOrigin: '50% 50% 0',
          transition: { duration: 10, timingFunction: 'linear', delay: 0 },
        },
      },
    ],
  })
  assert.deepEqual(animation.export(), { actions: [] })
})
