// Answers of toast, modal and action sheet, by tap and by keyboard.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Window } from 'happy-dom'
import type { RuntimeEnv } from '../framework/env'

const window = new Window({ url: 'http://program.test/' })
const names = ['document', 'Element', 'HTMLElement', 'HTMLTextAreaElement', 'Node']
for (const name of names)
  Object.assign(globalThis, { [name]: (window as unknown as Record<string, unknown>)[name] })
Object.assign(globalThis, { window })

const { ui } = await import('./index')
const { useEnv } = await import('./layer')
const { openPickerSheet } = await import('./picker-sheet')
const overlay = document.createElement('div')
document.body.appendChild(overlay)
const caught: (() => void)[] = []
const catchBack = (close: () => void): (() => void) => {
  caught.push(close)
  return () => void caught.splice(caught.indexOf(close), 1)
}
useEnv({ overlay: () => overlay, style: 'v2', catchBack } as unknown as RuntimeEnv)

beforeEach(() => void ui.hideToast({}))

const find = (selector: string): HTMLElement => overlay.querySelector(selector) as HTMLElement
const press = (key: string): void => {
  const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  ;(document.activeElement ?? document.body).dispatchEvent(event as never)
}

test('the style of app.json is on the document', () => {
  assert.equal(document.documentElement.dataset['style'], 'v2')
})

test('modal: confirm, cancel, and what was typed', async () => {
  const confirmed = ui.showModal({ title: 'T', content: '<b>x</b>', confirmText: 'OK' })
  assert.equal(find('.lgo-dialog').getAttribute('role'), 'alertdialog')
  assert.equal(find('.lgo-dialog-text').textContent, '<b>x</b>')
  assert.equal(document.activeElement, find('.lgo-confirm'))
  find('.lgo-confirm').click()
  assert.deepEqual(await confirmed, { confirm: true, cancel: false, content: '' })

  const cancelled = ui.showModal({ content: 'x' })
  find('.lgo-dialog-button').click()
  assert.deepEqual(await cancelled, { confirm: false, cancel: true, content: '' })

  const typed = ui.showModal({ title: 'T', editable: true, placeholderText: 'p', content: 'a' })
  const field = find('textarea') as HTMLTextAreaElement
  assert.equal(field.value, 'a')
  assert.equal(document.activeElement, field)
  field.value = 'note'
  find('.lgo-confirm').click()
  assert.deepEqual(await typed, { confirm: true, cancel: false, content: 'note' })
  assert.equal(find('.lgo-modal'), null)
})

test('modal: Escape cancels, confirms where there is nothing to cancel; the uppermost hears the keys', async () => {
  const cancelled = ui.showModal({ content: 'x' })
  press('Escape')
  assert.equal((await cancelled)['cancel'], true)
  const only = ui.showModal({ content: 'x', showCancel: false })
  press('Escape')
  assert.equal((await only)['confirm'], true)

  const lower = ui.showModal({ content: 'lower' })
  const upper = ui.showModal({ content: 'upper' })
  press('Escape')
  assert.equal((await upper)['cancel'], true)
  assert.equal(overlay.querySelectorAll('.lgo-modal').length, 1)
  press('Escape')
  assert.equal((await lower)['cancel'], true)
})

test('modal: going back means cancel, of the uppermost', async () => {
  const lower = ui.showModal({ content: 'lower' })
  const upper = ui.showActionSheet({ itemList: ['a'] })
  caught[1]?.()
  await assert.rejects(async () => upper, { errMsg: 'showActionSheet:fail cancel' })
  assert.equal(caught.length, 1)
  caught[0]?.()
  assert.equal((await lower)['cancel'], true)
  assert.equal(caught.length, 0)
})

test('modal: button texts have WeChat’s limit, colours cannot carry more than a colour', async () => {
  await assert.rejects(async () => ui.showModal({ confirmText: '一二三四五' }), {
    errMsg: /^showModal:fail confirmText/,
  })
  const shown = ui.showModal({
    content: 'x',
    confirmColor: 'red;background:url(/x)',
    cancelColor: '#123456',
  })
  assert.equal(find('.lgo-confirm').style.color, '')
  assert.notEqual(find('.lgo-dialog-button').style.color, '')
  press('Escape')
  await shown
})

test('action sheet: the item, the cancel, and the limits', async () => {
  const chosen = ui.showActionSheet({ itemList: ['a', 'b'], alertText: 'which' })
  ;(overlay.querySelectorAll('.lgo-sheet-item')[1] as HTMLElement).click()
  assert.deepEqual(await chosen, { tapIndex: 1 })
  const cancelled = ui.showActionSheet({ itemList: ['a'] })
  find('.lgo-mask').click()
  await assert.rejects(async () => cancelled, { errMsg: 'showActionSheet:fail cancel' })
  for (const itemList of [[], Array(7).fill('x')])
    await assert.rejects(async () => ui.showActionSheet({ itemList }), {
      errMsg: /^showActionSheet:fail parameter error/,
    })
})

test('toast and loading share one place; each is hidden by its own function only with noConflict', async () => {
  await ui.showLoading({ title: 'wait' })
  await ui.hideToast({ noConflict: true })
  assert.equal(find('.lgo-toast-title').textContent, 'wait')
  await ui.showToast({ title: 'done', duration: 1e6 })
  assert.equal(overlay.querySelectorAll('.lgo-toast').length, 1)
  assert.equal(find('.lgo-toast-title').textContent, 'done')
  await ui.hideLoading({ noConflict: true })
  assert.equal(find('.lgo-toast-title').textContent, 'done')
  await ui.hideLoading({})
  assert.equal(find('.lgo-toast'), null)
  await ui.showToast({ title: '', image: '/.lodger/sync/1', duration: 1e6 })
  assert.doesNotMatch(find('.lgo-toast').innerHTML, /\.lodger/)
  await ui.hideToast({})
})

test('picker sheet: keys turn and confirm, columns follow', () => {
  const done: boolean[] = []
  const sheet = openPickerSheet({
    title: 'T',
    columns: [{ items: ['a', 'b', 'c'], index: 1 }],
    onTurn: () => [{ items: ['x'], index: 0 }],
    onDone: (confirmed) => done.push(confirmed),
  })
  assert.equal(overlay.querySelectorAll('.lgo-picker-item').length, 3)
  assert.equal(find('.lgo-picker-column').getAttribute('aria-valuetext'), 'b')
  sheet.setColumns([
    { items: ['x'], index: 0 },
    { items: ['y', 'z'], index: 1 },
  ])
  assert.equal(overlay.querySelectorAll('.lgo-picker-column').length, 2)
  assert.equal(overlay.querySelectorAll('.lgo-picker-item').length, 3)
  press('Enter')
  assert.deepEqual(done, [true])
  assert.equal(find('.lgo-modal'), null)
})
