// Arithmetic of the components: image modes, swiper positions, slider steps, picker columns, scroll edges.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEntities, spaces } from './entities'
import { collect } from './field'
import { length } from './icon'
import { fitOf } from './image-mode'
import { allowed } from './input'
import { clock } from './media-controls'
import { bounds, hold, overhang } from './movable'
import { pageUrl } from './navigator'
import {
  chosen,
  dateColumns,
  dateOf,
  daysIn,
  parseDay,
  rangeTexts,
  timeColumns,
  timeOf,
} from './picker-columns'
import { indicatorHeight } from './picker-view'
import { percentOf } from './progress'
import { edgesReached, type Measure } from './scroll-edges'
import { fraction, keyed, rangeOf, snap, valueAt } from './slider-value'
import { clampIndex, indexAt, nearestPosition, places, resist, settle } from './swiper-index'
import { limit, replacement } from './text-field'
import { landing } from './wheel'
import { speed } from './gesture'
import { stepStyle, transformFunction } from './animation'

/** A small generator, so that the loops are the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => (state = (state * 48271) % 2147483647) % below
}

test('image modes', () => {
  assert.deepEqual(fitOf('aspectFill'), { fit: 'cover', position: 'center center', follows: null })
  assert.deepEqual(fitOf('widthFix').follows, 'height')
  assert.deepEqual(fitOf('heightFix').follows, 'width')
  for (const crop of ['top', 'left', 'center', 'bottom right', 'top  left'])
    assert.deepEqual(fitOf(crop), { fit: 'none', position: crop.replace(/ +/, ' '), follows: null })
  for (const other of ['', 'scaleToFill', 'no such mode', 'toString'])
    assert.deepEqual(fitOf(other), { fit: 'fill', position: 'center center', follows: null })
})

test('swiper: every position shows the item it should, and neighbours lie beside it', () => {
  const next = random(3)
  for (let round = 0; round < 5000; round += 1) {
    const count = 1 + next(7)
    const position = next(60) - 30 + next(100) / 100
    const lies = places(count, position, 1, true)
    lies.forEach((place, index) => {
      assert.equal(indexAt(place, count), index)
      assert.ok(Math.abs(place - position) <= count / 2 + 1e-9)
    })
    // With three or more, the item to the left and the one to the right are there as well.
    if (count >= 3) {
      assert.ok(lies.includes(Math.floor(position)))
      assert.ok(lies.includes(Math.ceil(position)))
    }
  }
  assert.deepEqual(places(3, 0, 1, false), [0, 1, 2])
})

test('swiper: clamping, nearest way, and where a drag ends', () => {
  assert.equal(clampIndex(9, 3), 2)
  assert.equal(clampIndex(-1, 3), 0)
  assert.equal(clampIndex(Number.NaN, 3), 0)
  assert.equal(clampIndex(2, 3, 2), 1)
  assert.equal(clampIndex(1, 0), 0)
  assert.equal(nearestPosition(0, 2, 3, true), 3)
  assert.equal(nearestPosition(0, 2, 3, false), 0)
  const three = { count: 3, visible: 1, circular: false }
  assert.equal(settle(0, 0.2, 0, three), 0)
  assert.equal(settle(0, 0.6, 0, three), 1)
  assert.equal(settle(0, 0.2, 1, three), 1)
  assert.equal(settle(1, 0.8, -1, three), 0)
  assert.equal(settle(1, 1.2, -1, three), 1)
  assert.equal(settle(2, 2.6, 1, three), 2)
  assert.equal(settle(2, 2.6, 1, { ...three, circular: true }), 3)
  assert.equal(settle(0, -0.1, 0, three), 0)
  assert.ok(Math.abs(resist(-0.3, 3, 1) + 0.1) < 1e-9)
  assert.equal(resist(1.5, 3, 1), 1.5)
})

test('slider: values are steps in the range, whatever the range', () => {
  const next = random(11)
  for (let round = 0; round < 5000; round += 1) {
    const range = rangeOf(next(200) - 100, next(300) - 100, [0, 0.1, 0.25, 1, 3, 7, 50][next(7)]!)
    const value = snap(next(1000) / 3 - 150, range)
    assert.ok(value >= range.min && value <= range.max, JSON.stringify({ value, range }))
    const steps = (value - range.min) / range.step
    assert.ok(Math.abs(steps - Math.round(steps)) < 1e-6, JSON.stringify({ value, range }))
    assert.ok(fraction(value, range) >= 0 && fraction(value, range) <= 1)
  }
  assert.equal(snap(0.3, rangeOf(0, 1, 0.1)), 0.3)
  assert.equal(snap(0.1 + 0.2, rangeOf(0, 1, 0.1)), 0.3)
  assert.equal(snap(100, rangeOf(0, 10, 3)), 9)
  assert.equal(valueAt(2, rangeOf(0, 100, 1)), 100)
  assert.equal(valueAt(-1, rangeOf(20, 100, 1)), 20)
  assert.equal(fraction(5, rangeOf(5, 5, 1)), 0)
  assert.deepEqual(rangeOf(Number.NaN, Number.NaN, -2), { min: 0, max: 100, step: 1 })
})

test('slider: keys', () => {
  const range = rangeOf(0, 50, 5)
  assert.equal(keyed('ArrowRight', 10, range), 15)
  assert.equal(keyed('ArrowDown', 0, range), 0)
  assert.equal(keyed('PageUp', 10, range), 15)
  assert.equal(keyed('End', 10, range), 50)
  assert.equal(keyed('Home', 10, range), 0)
  assert.equal(keyed('a', 10, range), null)
})

test('times stay in their range', () => {
  const texts = (value: string, start = '', end = '') => {
    const { columns, value: time } = timeColumns(value, start, end)
    return { hours: columns[0]!.items, minutes: columns[1]!.items, time, of: timeOf(columns) }
  }
  assert.deepEqual(texts('12:34').time, '12:34')
  assert.equal(texts('12:34').hours.length, 24)
  assert.equal(texts('12:34').minutes.length, 60)
  assert.equal(texts('', '09:15', '21:30').time, '09:15')
  assert.equal(texts('08:00', '09:15', '21:30').time, '09:15')
  assert.equal(texts('23:00', '09:15', '21:30').time, '21:30')
  assert.deepEqual(texts('09:20', '09:15', '21:30').minutes[0], '15')
  assert.deepEqual(texts('21:20', '09:15', '21:30').minutes.slice(-1), ['30'])
  for (const bad of ['25:00', 'x', '12:60']) assert.equal(texts(bad).time, '00:00', bad)
  const next = random(5)
  for (let round = 0; round < 2000; round += 1) {
    const clock = (): string => `${String(next(24)).padStart(2, '0')}:${String(next(60)).padStart(2, '0')}`
    const [value, start, end] = [clock(), clock(), clock()]
    const { time, of } = texts(value, start, end)
    assert.equal(time, of)
    assert.ok(time >= start, `${value} ${start} ${end}`)
    if (end >= start) assert.ok(time <= end, `${value} ${start} ${end}`)
  }
})

test('dates stay in their range and are real days', () => {
  const today = [2026, 11, 21] as const
  const day = (value: string, start = '', end = '') => dateColumns(value, start, end, 'day', today)
  assert.equal(day('2024-02-29').value, '2024-02-29')
  assert.equal(day('2023-02-29').value, '2026-11-21')
  assert.equal(day('2020-01-01', '2025-03-10', '2026-01-05').value, '2025-03-10')
  assert.equal(day('2030-01-01', '2025-03-10', '2026-01-05').value, '2026-01-05')
  assert.deepEqual(
    day('2025-03-15', '2025-03-10', '2025-03-20').columns.map((c) => c.items.length),
    [1, 1, 11],
  )
  assert.equal(dateColumns('2025-03', '', '', 'month', today).value, '2025-03')
  assert.equal(dateColumns('2025', '', '', 'year', today).value, '2025')
  assert.equal(day('2030-01-01', '', '2026').value, '2026-12-31')
  assert.equal(day('2030-01-01', '', '2026-02').value, '2026-02-28')
  assert.equal(daysIn(2100, 2), 28)
  assert.equal(daysIn(2000, 2), 29)
  assert.equal(daysIn(2026, 4), 30)
  assert.deepEqual(parseDay('2026/1/2'), [2026, 1, 2])
  for (const bad of ['', '2026-13-01', '2026-02-30', '26-01-01', 'x']) assert.equal(parseDay(bad), null, bad)
  // From 31 March one month back is the end of February.
  const march = day('2025-03-31').columns
  const turned = march.map((column, at) => (at === 1 ? { ...column, index: 1 } : column))
  assert.equal(dateOf(turned), '2025-02-28')
  assert.equal(march.map(chosen).join('-'), '2025-03-31')
})

test('picker ranges', () => {
  assert.deepEqual(rangeTexts(['a', 1, null], ''), ['a', '1', ''])
  assert.deepEqual(rangeTexts([{ name: 'x' }, { other: 1 }], 'name'), ['x', ''])
  assert.deepEqual(rangeTexts('abc', ''), [])
  assert.equal(indicatorHeight('border:0; height: 100rpx;'), '13.33333vw')
  assert.equal(indicatorHeight('line-height:2'), '34px')
})

test('wheel: where it lands', () => {
  assert.equal(landing(2.4, 0, 10), 2)
  assert.equal(landing(2.4, 0.01, 10), 4)
  assert.equal(landing(9.8, 5, 10), 9)
  assert.equal(landing(-2, -5, 10), 0)
  assert.equal(landing(3, 0, 0), 0)
})

test('forms: fields by name, nothing lost to odd names', () => {
  const made = collect([
    { name: 'a', value: 1 },
    { name: '', value: 2 },
    { name: 'b', value: undefined },
    { name: '__proto__', value: 3 },
    { name: 'c', value: ['x'] },
    { name: 'a', value: 4 },
  ])
  assert.deepEqual(Object.keys(made), ['a', '__proto__', 'c'])
  assert.equal(made.a, 4)
  assert.equal(Object.getPrototypeOf(made), Object.prototype)
})

test('scroll edges fire on crossing, once', () => {
  const at = (top: number, left = 0): Measure => ({
    top,
    left,
    height: 1000,
    width: 800,
    viewHeight: 200,
    viewWidth: 300,
  })
  const y = { x: false, y: true }
  assert.deepEqual(edgesReached(at(0), at(700), 50, 50, y), [])
  assert.deepEqual(edgesReached(at(700), at(760), 50, 50, y), ['bottom'])
  assert.deepEqual(edgesReached(at(760), at(780), 50, 50, y), [])
  assert.deepEqual(edgesReached(at(60), at(40), 50, 50, y), ['top'])
  assert.deepEqual(edgesReached(at(40), at(0), 50, 50, y), [])
  assert.deepEqual(edgesReached(at(0, 400), at(0, 470), 50, 50, { x: true, y: false }), ['right'])
  assert.deepEqual(edgesReached(at(0, 400), at(0, 470), 50, 50, y), [])
})

test('text fields: limits, cleaning, and what a handler returns', () => {
  assert.equal(limit('abcdef', 3), 'abc')
  assert.equal(limit('abcdef', -1), 'abcdef')
  assert.equal(limit('abcdef', 0), '')
  assert.equal(allowed('number', '1a2.3'), '123')
  assert.equal(allowed('digit', '1.2.3a'), '1.23')
  assert.equal(allowed('idcard', '1101x!'), '1101x')
  assert.equal(allowed('text', 'a b'), 'a b')
  assert.deepEqual(replacement('ab'), { value: 'ab', cursor: 2 })
  assert.deepEqual(replacement({ value: 'ab', cursor: 1 }), { value: 'ab', cursor: 1 })
  for (const other of [undefined, null, false, 3, {}, { value: 3 }]) assert.equal(replacement(other), null)
})

test('movable: bounds of small and large boxes', () => {
  assert.deepEqual(bounds(50, 200), { low: 0, high: 150 })
  assert.deepEqual(bounds(300, 200), { low: -100, high: 0 })
  assert.equal(hold(-30, bounds(50, 200), true), -10)
  assert.equal(hold(-30, bounds(50, 200), false), 0)
  assert.equal(hold(180, bounds(50, 200), false), 150)
})

test('entities, spaces, lengths, percentages', () => {
  assert.equal(
    decodeEntities('&lt;a&gt;&nbsp;&amp;lt;&#65;&#x42;&no;&#x110000;'),
    '<a>\u00a0&lt;AB&no;&#x110000;',
  )
  assert.equal(spaces('a b', 'ensp'), 'a\u2002b')
  assert.equal(spaces('a b', 'toString'), 'a b')
  assert.equal(length(12), '12px')
  assert.equal(length('75rpx'), '10vw')
  assert.equal(length('2em'), '2em')
  assert.equal(length(null), '')
  assert.equal(percentOf('50'), 50)
  assert.equal(percentOf(500), 100)
  assert.equal(percentOf('x'), 0)
})

test('page URLs of navigator', () => {
  assert.equal(pageUrl('../b/index?x=1', 'pages/a/index'), '/pages/b/index?x=1')
  assert.equal(pageUrl('/pages/b/index', 'pages/a/index'), '/pages/b/index')
  assert.equal(pageUrl('detail?u=a/../b', 'pages/a/index'), '/pages/a/detail?u=a/../b')
  assert.equal(pageUrl('?x=1', 'pages/a/index'), '?x=1')
})

test('speed of a drag', () => {
  assert.deepEqual(speed([]), { vx: 0, vy: 0 })
  assert.deepEqual(speed([{ at: 1, x: 0, y: 0 }]), { vx: 0, vy: 0 })
  assert.deepEqual(
    speed([
      { at: 0, x: 0, y: 0 },
      { at: 50, x: 3, y: 3 },
      { at: 100, x: 100, y: -50 },
    ]),
    { vx: 1, vy: -0.5 },
  )
})

test('animations as CSS', () => {
  assert.equal(transformFunction('translate', [10, '75rpx']), 'translate(10px,10vw)')
  assert.equal(transformFunction('rotate', [90]), 'rotate(90deg)')
  assert.equal(transformFunction('rotate3d', [1, 0, 0, 45]), 'rotate3d(1,0,0,45deg)')
  assert.equal(transformFunction('scale', [2, 3]), 'scale(2,3)')
  const step = {
    animates: [
      { type: 'style', args: ['opacity', '0'] },
      { type: 'rotate', args: [45] },
    ],
    option: {
      transformOrigin: '50% 50% 0',
      transition: { duration: 400, timingFunction: 'linear', delay: 0 },
    },
  }
  const before = new Map([['width', '10px']])
  assert.equal(
    stepStyle(step, before),
    'width:10px;opacity:0;transform:rotate(45deg);transition:all 400ms linear 0ms;transform-origin:50% 50% 0',
  )
})

test('a scaled box reaches past its edges on both sides', () => {
  assert.deepEqual([overhang(50, 1), overhang(50, 2), overhang(50, 0.5)], [0, 25, -12.5])
})

test('times as players write them', () => {
  assert.deepEqual([0, 65.9, 3600, NaN, -1].map(clock), ['00:00', '01:05', '60:00', '00:00', '00:00'])
})
