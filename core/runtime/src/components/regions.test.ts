// The regions of China: reading the list, columns, values.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFileSync } from 'node:fs'
import { depthOf, parseRegions, regionColumns, regionValue } from './regions'

const regions = parseRegions(readFileSync('dist/regions.txt', 'utf8'))

test('the list is whole: every province, city and county has a code that begins with that of what it is in', () => {
  assert.equal(regions.length, 34)
  const cities = regions.flatMap(({ parts }) => parts)
  assert.ok(cities.length > 340 && cities.flatMap(({ parts }) => parts).length > 2800)
  for (const province of regions)
    for (const city of province.parts) {
      assert.equal(city.code.slice(0, 2), province.code.slice(0, 2))
      for (const county of city.parts) assert.equal(county.code.slice(0, 4), city.code.slice(0, 4))
    }
})

test('columns stand at the names, else at the first; the level says how many there are', () => {
  const chosen = regionColumns(regions, ['广东省', '深圳市', '南山区'], '', depthOf('region'))
  assert.deepEqual(regionValue(regions, chosen), {
    value: ['广东省', '深圳市', '南山区'],
    code: ['440000', '440300', '440305'],
  })
  assert.equal(regionColumns(regions, [], '', depthOf('city')).length, 2)
  assert.deepEqual(regionValue(regions, regionColumns(regions, ['nowhere'], '', depthOf('province'))), {
    value: ['北京市'],
    code: ['110000'],
  })
})

test('a custom item comes first in every column and has no code', () => {
  const columns = regionColumns(regions, ['广东省'], '全部', 3)
  assert.equal(columns[1]?.items[0], '全部')
  assert.deepEqual(regionValue(regions, columns), { value: ['广东省', '全部', '全部'], code: ['440000'] })
  assert.deepEqual(regionColumns(regions, ['全部'], '全部', 3)[2]?.items, ['全部'])
})
