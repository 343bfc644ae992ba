// Where an animation stands that a scroll-view drives.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeAt } from './scroll-timeline'

test('the animation runs from the start offset to the end offset, and no further', () => {
  const timeline = { scrollSource: '#a', startScrollOffset: 150, endScrollOffset: 300, timeRange: 2000 }
  assert.deepEqual(
    [0, 150, 225, 300, 900].map((offset) => timeAt(offset, timeline)),
    [0, 0, 1000, 2000, 2000],
  )
  const none = { ...timeline, endScrollOffset: 150 }
  assert.deepEqual([timeAt(149, none), timeAt(150, none)], [0, 2000])
})
