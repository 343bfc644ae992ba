// What going back closes: the newest first, each once, and the host is told when there is nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bridge } from '../bridge/client'
import { BackCatcher } from './back'

function catcher() {
  const told: unknown[] = []
  let hostBack = (): void => undefined
  const bridge = {
    notify: (_api: string, args: { on: boolean }) => told.push(args.on),
    on: (_event: string, listener: () => void) => (hostBack = listener),
  }
  return { told, back: new BackCatcher(bridge as unknown as Bridge), hostBack: () => hostBack() }
}

test('nothing open catches nothing', () => {
  const { back, told } = catcher()
  assert.equal(back.take(), false)
  assert.deepEqual(told, [])
})

test('the newest is closed first, and the host is asked again while something is open', () => {
  const { back, told, hostBack } = catcher()
  const closed: string[] = []
  back.add(() => closed.push('below'))
  back.add(() => closed.push('above'))
  assert.deepEqual(told, [true])
  hostBack()
  assert.deepEqual([closed, told], [['above'], [true, true]])
  assert.equal(back.take(), true)
  assert.deepEqual(
    [closed, told],
    [
      ['above', 'below'],
      [true, true, false],
    ],
  )
  assert.equal(back.take(), false)
})

test('what was closed otherwise is not closed again', () => {
  const { back, told } = catcher()
  const release = back.add(() => assert.fail('it was closed already'))
  release()
  release()
  assert.deepEqual(told, [true, false])
  assert.equal(back.take(), false)
})
