// URLs of a program: what may be loaded, and what never may.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, resolveUrl } from './url'

test('bundle paths resolve against the component', () => {
  const from = 'pages/menu/index'
  assert.equal(resolveUrl('/images/a.png', from), '/p/images/a.png')
  assert.equal(resolveUrl('images/a.png', from), '/p/pages/menu/images/a.png')
  assert.equal(resolveUrl('../../a b.png?x=1', from), '/p/a%20b.png?x=1')
  assert.equal(resolveUrl('../../../../a.png', from), '/p/a.png')
  assert.equal(resolveUrl('/图.png', from), '/p/%E5%9B%BE.png')
  assert.equal(resolveUrl('/%E5%9B%BE.png', from), '/p/%E5%9B%BE.png')
})

test('remote URLs go through the engine', () => {
  assert.equal(resolveUrl('https://a.test/x?y=1', ''), '/.lodger/fetch/https%3A%2F%2Fa.test%2Fx%3Fy%3D1')
  assert.equal(resolveUrl('//a.test/x', ''), '/.lodger/fetch/https%3A%2F%2Fa.test%2Fx')
})

test('data, blob and program files pass', () => {
  assert.equal(resolveUrl('data:image/png;base64,AA', ''), 'data:image/png;base64,AA')
  assert.equal(resolveUrl('blob:lodger://m/1', ''), 'blob:lodger://m/1')
  assert.equal(resolveUrl('wxfile://usr/a.png', ''), '/.lodger/file/usr/a.png')
})

test('everything else is refused', () => {
  const bad = [
    '/.lodger/sync/1',
    '/./.lodger/sync/1',
    '/x/../.lodger/sync/1',
    '/%2elodger/sync/1',
    '/.LODGER/sync/1',
    '\\.lodger\\sync\\1',
    '/..%2f.lodger/sync/1',
    '/..%5c.lodger%5csync',
    '/.lod\nger/sync/1',
    'javascript:alert(1)',
    'java\tscript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'content://x',
    '',
    '/',
    '/\ud800.png',
    'https://a.test/\ud800',
  ]
  for (const url of bad) assert.equal(resolveUrl(url, 'pages/a'), '', url)
  assert.equal(resolveUrl(undefined as unknown as string, ''), '')
})

test('nothing that a program can write reaches the engine’s own paths', () => {
  const parts = [
    '.',
    '..',
    '/',
    '\\',
    '%2e',
    '%2E',
    '%2f',
    '.lodger',
    'sync',
    'x',
    '\t',
    '\u0000',
    '?',
    '#',
    ':',
    '@',
  ]
  let seed = 1
  const next = (limit: number): number => (seed = (seed * 48271) % 2147483647) % limit
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]).join('')
    const url = resolveUrl(text, 'pages/a/b')
    if (url === '' || url.startsWith('/.lodger/fetch/') || url.startsWith('/.lodger/file/')) continue
    assert.match(new URL(url, 'lodger://m/').pathname, /^\/p\//, JSON.stringify(text))
    assert.doesNotMatch(new URL(url, 'lodger://m/').pathname, /^\/p\/(?:%2e|\.)lodger(?:\/|$)/i)
  }
})

test('joinPath never climbs above the root', () => {
  assert.equal(joinPath('a/b/c', '../../../../d'), 'd')
  assert.equal(joinPath('a/b', './c//d/'), 'a/c/d')
})
