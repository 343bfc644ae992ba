// What gets through rich-text's list of tags, attributes and styles, and what does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Window } from 'happy-dom'
import { resolveUrl } from '../framework/url'
import { renderNodes, type RichContext } from './rich-nodes'
import { cleanStyle } from './rich-style'

const window = new Window({ url: 'http://program.test/' })
Object.assign(globalThis, { document: window.document, DOMParser: window.DOMParser })

const url = (source: string): string => resolveUrl(source, 'pages/a/index')
const context: RichContext = { url, classes: (names) => names, space: '' }

function html(nodes: unknown, overrides: Partial<RichContext> = {}): string {
  const box = document.createElement('div')
  box.appendChild(renderNodes(nodes, { ...context, ...overrides }))
  return box.innerHTML
}

test('keeps the allowed tags, attributes and text', () => {
  const source =
    '<div class="a b"><p style="color: red">Hi <b>there</b><br>&nbsp;x</p><ol start="3" type="a"><li>1</li></ol></div>'
  const made = html(source)
  assert.match(made, /^<div class="a b"><p style="color:red">Hi <b>there<\/b><br>/)
  assert.match(made, /<ol start="3" type="a"><li>1<\/li><\/ol>/)
})

test('nothing that runs, loads a document or submits gets in, as a string or as nodes', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<SCRIPT SRC=//evil.test/x.js></SCRIPT>',
    '<img src=x onerror=alert(1)>',
    '<img src="javascript:alert(1)">',
    '<svg onload=alert(1)><script>alert(1)</script></svg>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<iframe src="/.lodger/hello"></iframe>',
    '<object data="/.lodger/sync/1"></object><embed src="/.lodger/sync/1">',
    '<link rel=stylesheet href="/.lodger/sync/1"><style>@import "/.lodger/sync/1"</style>',
    '<meta http-equiv=refresh content="0;url=http://evil.test"><base href="//evil.test/">',
    '<form action="http://evil.test"><input name=a><button formaction=javascript:1>x</button></form>',
    '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    '<div id="lodger-overlay" data-x="1" onmouseover="alert(1)" contenteditable autofocus tabindex=0>x</div>',
    '<img src="/.lodger/sync/1"><img src="/%2elodger/sync/1"><img src="\\.lodger\\sync\\1"><img src="../../.lodger/x">',
    '<img src="/p/../.lodger/sync/1"><img src="lodger://other/x"><img src="data:text/html,<script>alert(1)</script>">',
    '<div style="background:url(/.lodger/sync/1)">x</div>',
    '<template><img src=x onerror=alert(1)></template><noscript><img src=x onerror=alert(1)></noscript>',
    '<video src="/.lodger/sync/1" onerror=alert(1)></video><audio src=x></audio><source src=x>',
    '<wx-view onclick=alert(1)>x</wx-view><custom-tag onclick=alert(1)>x</custom-tag>',
  ]
  for (const attack of attacks) check(html(attack), attack)
})

function check(made: string, attack: string): void {
  const tags = Array.from(made.matchAll(/<([a-z0-9-]+)/gi), (match) => match[1]!.toLowerCase())
  for (const tag of tags) assert.match(tag, /^(div|a|img|p|b|span|table|tbody)$/, `${tag} of ${attack}`)
  assert.doesNotMatch(
    made,
    /\son[a-z]+=|javascript:|href=|action=|\.lodger\/(?!fetch\/)|\sid=|tabindex|contenteditable|data-/i,
    attack,
  )
  for (const [, source] of made.matchAll(/src="([^"]*)"/g))
    assert.match(source!, /^\/p\/|^\/\.lodger\/fetch\/https/, attack)
}

test('nodes: the same list, whatever the shape', () => {
  const evil: unknown[] = [
    { name: 'script', children: [{ type: 'text', text: 'alert(1)' }] },
    { name: 'img', attrs: { src: '/.lodger/sync/1', onerror: 'alert(1)' } },
    {
      name: 'DIV',
      attrs: { class: 'c', style: 'color:red', onclick: 'x', ID: 'y', toString: 'z' },
      children: [{ type: 'text', text: 'a&lt;b&nbsp;' }],
    },
    { name: '__proto__' },
    { name: 'constructor' },
    { type: 'other', name: 'div' },
    { name: 'p', attrs: 'no', children: 'no' },
    null,
    7,
    'text',
  ]
  assert.equal(html(evil), '<img alt=""><div class="c" style="color:red">a&lt;b&nbsp;</div><p></p>')
  for (const nodes of [null, undefined, 5, {}, { name: 'div' }]) assert.equal(html(nodes), '')
})

test('pictures are resolved, spaces replaced, rpx turned into vw', () => {
  assert.equal(
    html('<img src="cup.png" width="10" alt="cup">'),
    '<img alt="cup" src="/p/pages/a/cup.png" width="10">',
  )
  assert.equal(
    html('<img src="https://x.test/a.png">'),
    '<img src="/.lodger/fetch/https%3A%2F%2Fx.test%2Fa.png" alt="">',
  )
  assert.equal(html([{ type: 'text', text: 'a b' }], { space: 'emsp' }), 'a\u2003b')
  assert.equal(html('<p style="width:75rpx">x</p>'), '<p style="width:10vw">x</p>')
})

test('a content without end is cut, not followed', () => {
  const deep: { name: string; children: unknown[] } = { name: 'div', children: [] }
  let at = deep
  for (let level = 0; level < 5000; level += 1) {
    const inner = { name: 'div', children: [] }
    at.children.push(inner)
    at = inner
  }
  assert.ok(html([deep]).length < 5000)
  assert.ok(html('<b>'.repeat(3000)).length < 3000 * 7)
})

test('styles: plain declarations pass, what could load or hide does not', () => {
  const clean = (style: string): string => cleanStyle(style, url)
  assert.equal(clean('color: red; font-size:14px'), 'color:red;font-size:14px')
  assert.equal(
    clean('background: linear-gradient(90deg, rgba(0,0,0,.5), #fff)'),
    'background:linear-gradient(90deg, rgba(0,0,0,.5), #fff)',
  )
  assert.equal(clean('background:url( "a.png" ) no-repeat'), 'background:url("/p/pages/a/a.png") no-repeat')
  assert.equal(clean("font-family:'a;b', sans-serif;color:red"), "font-family:'a;b', sans-serif;color:red")
  const refused = [
    'background:url(/.lodger/sync/1)',
    'background:url("/%2elodger/sync/1")',
    'background:u\\72l(/.lodger/sync/1)',
    'background:\\75rl(/x)',
    'background:url(/x',
    'background:url("/x',
    'background:ur/**/l(/x)',
    'background:image-set("/.lodger/sync/1" 1x)',
    'background:-webkit-image-set(url(/.lodger/sync/1) 1x)',
    'background:cross-fade(url(a.png), url(b.png))',
    'background:src("/.lodger/x")',
    'background:element(#lodger-overlay)',
    'width:expression(alert(1))',
    'behavior:url(x.htc)',
    '-moz-binding:url(x.xml#a)',
    'background:url(javascript:alert(1))',
    'background:url(lodger://other/x)',
    'background:URL(URL(/x))',
    '--x:url(/.lodger/x)',
    'color:red}*{background:url(/x)',
    '@import "/x"',
    ':red',
    'color:',
  ]
  for (const style of refused) assert.equal(clean(style), '', style)
})

test('whatever is thrown at a style, only checked URLs come out', () => {
  const pieces = [
    'url(',
    ')',
    '"',
    "'",
    ';',
    ':',
    '\\',
    '/.lodger/sync/1',
    'background',
    'a.png',
    ' ',
    '/*',
    '*/',
    'image-set(',
    '(',
    '\n',
    'x',
  ]
  let seed = 7
  const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below
  for (let round = 0; round < 20_000; round += 1) {
    const style = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join('')
    const made = cleanStyle(style, url)
    assert.doesNotMatch(made, /\.lodger|image-set|\\|\/\*/, style)
    for (const [, inner] of made.matchAll(/url\(([^)]*)/g)) assert.match(inner!, /^"\/p\//, style)
  }
})
