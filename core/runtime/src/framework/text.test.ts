// rpx and vh in style text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rpx } from './rpx'
import { colourScheme, viewportUnits } from './style-text'

test('rpx becomes vw, 750 to the width', () => {
  assert.equal(rpx('width:750rpx;margin:-15rpx .5rpx'), 'width:100vw;margin:-2vw 0.06667vw')
  assert.equal(rpx('width: 10px'), 'width: 10px')
  assert.equal(rpx('--a:1RPX'), '--a:0.13333vw')
})

test('vh is the page’s, class names stay', () => {
  assert.equal(viewportUnits('.h-100vh{height:100vh}'), '.h-100vh{height:calc(var(--lodger-vh,1vh)*100)}')
  assert.equal(viewportUnits('height:calc(100vh - 1px)'), 'height:calc(calc(var(--lodger-vh,1vh)*100) - 1px)')
})

test('media queries follow the theme of the program', () => {
  const style =
    '@media (prefers-color-scheme: dark) and (min-width:1px){a{}}@media(prefers-color-scheme:light){b{}}'
  const always = '(min-width:0px)'
  const never = '(max-width:0px)'
  assert.equal(colourScheme(style, 'dark'), `@media ${always} and (min-width:1px){a{}}@media${never}{b{}}`)
  assert.equal(colourScheme(style, 'light'), `@media ${never} and (min-width:1px){a{}}@media${always}{b{}}`)
})
