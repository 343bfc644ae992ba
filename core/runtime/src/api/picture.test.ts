// What a picture's bytes say of themselves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ORIENTATIONS, pictureFacts } from './picture'

/** A JPEG's start with Exif, in either byte order. */
function jpeg(orientation: number, little: boolean): Uint8Array {
  const number = (value: number, bytes: number): number[] => {
    const big = Array.from({ length: bytes }, (_, at) => (value >> (8 * (bytes - 1 - at))) & 0xff)
    return little ? big.reverse() : big
  }
  const tiff = [...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...number(42, 2), ...number(8, 4)]
  const entry = [...number(0x0112, 2), ...number(3, 2), ...number(1, 4), ...number(orientation, 2), 0, 0]
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, ...number(1, 2), ...entry, 0, 0, 0, 0]
  const app0 = [0xff, 0xe0, 0, 4, 1, 2]
  return new Uint8Array([0xff, 0xd8, ...app0, 0xff, 0xe1, 0, exif.length + 2, ...exif, 0xff, 0xda])
}

test('a JPEG’s orientation is read in both byte orders', () => {
  for (let number = 1; number <= 8; number += 1) {
    for (const little of [true, false])
      assert.deepEqual(pictureFacts(jpeg(number, little)), { type: 'jpeg', orientation: number })
  }
  assert.equal(ORIENTATIONS[6 - 1], 'right')
})

test('types are known by their first bytes, and nothing throws', () => {
  const types = {
    png: [0x89, 0x50, 0x4e, 0x47, 0x0d],
    gif: [0x47, 0x49, 0x46, 0x38, 0x39],
    tiff: [0x49, 0x49, 0x2a, 0],
    unknown: [],
  }
  for (const [type, bytes] of Object.entries(types))
    assert.deepEqual(pictureFacts(new Uint8Array(bytes)), { type, orientation: 1 })
  const whole = jpeg(6, true)
  for (let length = 0; length < whole.length; length += 1) {
    const { orientation } = pictureFacts(whole.subarray(0, length))
    assert.ok(orientation === 1 || orientation === 6)
  }
  assert.equal(pictureFacts(jpeg(99, false)).orientation, 1)
})
