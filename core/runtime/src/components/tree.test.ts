// Built-in components in a real glass-easel tree: events, forms, labels, two-way values, unknown tags.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Window } from 'happy-dom'
import type { Component, Element as GlassElement, GeneralComponent } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'

const window = new Window({ url: 'http://program.test/' })
const names = [
  'document',
  'Element',
  'HTMLElement',
  'HTMLTextAreaElement',
  'Node',
  'NodeFilter',
  'MutationObserver',
  'DOMParser',
  'Image',
]
for (const name of names)
  Object.assign(globalThis, { [name]: (window as unknown as Record<string, unknown>)[name] })
Object.assign(globalThis, { window, requestAnimationFrame: () => 0, cancelAnimationFrame: () => undefined })

// After the globals: glass-easel's backend takes the document when it is loaded.
const { createTree } = await import('../framework/tree')
const { registerComponents, hostOf } = await import('./index')

const calls: { api: string; args: unknown }[] = []
const missing: string[] = []
const errors: unknown[] = []
const keyboards = new Set<(height: number, duration: number) => void>()
const pageElement = document.createElement('div')
const env: RuntimeEnv = {
  call: <T>(api: string, args?: unknown) => {
    calls.push({ api, args })
    return Promise.resolve({ errMsg: `${api}:ok` } as T)
  },
  engine: <T>(api: string, args?: unknown) => {
    calls.push({ api, args })
    return Promise.resolve({ code: 'c1' } as T)
  },
  privacy: {
    require: async (referrer) => void calls.push({ api: 'privacy.require', args: referrer }),
    agree: async (buttonId) => void calls.push({ api: 'privacy.agree', args: buttonId }),
  },
  share: (button) => calls.push({ api: 'share', args: button }),
  missing: (name) => missing.push(name),
  error: (error) => errors.push(error),
  theme: () => 'light',
  onTheme: () => undefined,
  catchBack: () => () => undefined,
  onKeyboard(listener) {
    keyboards.add(listener)
    return () => void keyboards.delete(listener)
  },
  pageScroller: () => pageElement,
  frame: () => undefined,
  webview: () => undefined,
  overlay: () => document.body,
}
const tree = createTree()
registerComponents(tree.space.getComponentSpace(), env)

type Events = { name: string; detail: unknown }[]
interface Made {
  node: GeneralComponent
  element: HTMLElement
  events: Events
}

const root = await makeRoot()
const shadow = root.getShadowRoot()!

async function makeRoot(): Promise<GeneralComponent> {
  tree.space.componentEnv('page/index', ({ Component }) => Component({}))
  const page = tree.associated.createRoot('page', tree.space, '/page/index')
  const place = document.createElement('i')
  document.body.appendChild(place)
  page.attach(document.body as never, place as never)
  return page.getComponent()
}

/** Creates `<tag>` with properties in `parent`, and records events of it. */
function make(
  tag: string,
  properties: Record<string, unknown> = {},
  parent?: Made,
  listen: string[] = [],
): Made {
  const node = shadow.createComponent(tag, tag, undefined, undefined, (created) => {
    const proxy = (created as { _$dataGroup?: { replaceProperty(name: string, value: unknown): boolean } })
      ._$dataGroup
    for (const [name, value] of Object.entries(properties)) {
      if (name === 'id') (created as GlassElement).id = String(value)
      else assert.ok(proxy?.replaceProperty(name, value), `${tag} has no property ${name}`)
    }
    ;(created as Component<never, never, never>).applyDataUpdates?.()
  }) as GeneralComponent
  const events: Events = []
  for (const name of listen) {
    node.addListener(name, (event) => {
      events.push({ name, detail: event.detail })
      return undefined
    })
  }
  ;(parent?.node ?? root.getShadowRoot()!).appendChild(node)
  return { node, element: node.getBackendElement() as unknown as HTMLElement, events }
}

const tap = (made: Made): void =>
  made.node.triggerEvent('tap', {}, { bubbles: true, composed: true, capturePhase: true })
const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

test('a form collects its fields, resets them, and leaves out what has no name', () => {
  const form = make('form', {}, undefined, ['submit', 'reset'])
  const input = make('input', { name: 'who', value: 'Ann' }, form)
  make('textarea', { name: 'note', value: 'x'.repeat(200), maxlength: 5 }, form)
  make('input', { value: 'nameless' }, form)
  make('switch', { name: 'on', checked: true }, form)
  make('slider', { name: 'size', min: 10, max: 20, step: 5, value: 17 }, form)
  const group = make('checkbox-group', { name: 'tags' }, form, ['change'])
  const first = make('checkbox', { value: 'a', checked: true }, group)
  make('checkbox', { value: 'b' }, group)
  const radios = make('radio-group', { name: 'one' }, form, ['change'])
  make('radio', { value: 1 }, radios)
  const second = make('radio', { value: 2 }, radios)
  make('picker', { name: 'day', mode: 'date', value: '2026-01-02' }, form)
  const submit = make('button', { formType: 'submit' }, form)
  const reset = make('button', { formType: 'reset' }, form)

  tap(first)
  tap(second)
  const native = input.element.querySelector('input')!
  native.value = 'Bob'
  native.dispatchEvent(new window.Event('input') as never)
  tap(submit)
  assert.deepEqual((form.events.pop()?.detail as { value: unknown }).value, {
    who: 'Bob', note: 'xxxxx', on: true, size: 15, tags: [], one: 2, day: '2026-01-02',
  }) // prettier-ignore
  assert.deepEqual(group.events, [{ name: 'change', detail: { value: [] } }])
  assert.deepEqual(radios.events, [{ name: 'change', detail: { value: 2 } }])

  tap(reset)
  assert.equal(form.events.pop()?.name, 'reset')
  tap(submit)
  const { value } = form.events.pop()?.detail as { value: Record<string, unknown> }
  assert.equal(value.who, 'Ann')
  assert.deepEqual(value.tags, ['a'])
  assert.equal(value.one, '')
  assert.deepEqual(errors, [])
})

test('a label taps the first field in it, or the one that it is for, and never twice', () => {
  const label = make('label')
  const inner = make('checkbox', {}, label)
  const words = make('view', {}, label)
  tap(words)
  assert.equal(hostOf(inner.node)?.flag('checked'), true)
  tap(inner)
  assert.equal(hostOf(inner.node)?.flag('checked'), false)
  const far = make('switch', { id: 'far' })
  const other = make('label', { for: 'far' })
  tap(other)
  assert.equal(hostOf(far.node)?.flag('checked'), true)
})

test('input: the value follows both ways, and a returned text replaces what was typed', () => {
  const input = make('input', { maxlength: 4 }, undefined, ['input'])
  const native = input.element.querySelector('input')!
  const type = (text: string): void => {
    native.value = text
    native.dispatchEvent(new window.Event('input') as never)
  }
  type('abcdef')
  assert.equal(native.value, 'abcd')
  assert.equal((input.events[0]?.detail as { value: string }).value, 'abcd')
  hostOf(input.node)?.set({ value: '' })
  assert.equal(native.value, '')
  input.node.addListener('input', () => 'XY' as never)
  type('z')
  assert.equal(native.value, 'XY')
  assert.equal(hostOf(input.node)?.text('value'), 'XY')
  assert.equal((input.element.querySelector('.lg-placeholder') as HTMLElement).style.display, 'none')
})

test('a disabled button is silent, also for handlers of its ancestors; a live one is not', () => {
  const box = make('view', {}, undefined, ['tap'])
  const dead = make('button', { disabled: true }, box, ['tap'])
  const live = make('button', {}, box, ['tap'])
  tap(dead)
  assert.deepEqual([dead.events.length, box.events.length], [0, 0])
  tap(live)
  assert.deepEqual([live.events.length, box.events.length], [1, 1])
  assert.equal(live.element.getAttribute('role'), 'button')
  assert.equal(live.element.tabIndex, 0)
  assert.equal(dead.element.tabIndex, -1)
})

test('open types: share asks the framework, the others say that they are not supported', async () => {
  tap(make('button', { openType: 'share' }))
  assert.equal(calls.pop()?.api, 'share')
  const phone = make('button', { openType: 'getPhoneNumber|agreePrivacyAuthorization' }, undefined, [
    'getphonenumber',
    'agreeprivacyauthorization',
  ])
  calls.length = 0
  tap(phone)
  await settled()
  assert.deepEqual(
    calls.map(({ api }) => api),
    ['privacy.agree', 'privacy.require', 'getPhoneNumber'],
    'the consent first',
  )
  assert.deepEqual(phone.events, [
    { name: 'agreeprivacyauthorization', detail: { errMsg: 'agreePrivacyAuthorization:ok' } },
    { name: 'getphonenumber', detail: { errMsg: 'getPhoneNumber:ok', code: 'c1' } },
  ])
  calls.length = 0
  const launch = make('button', { openType: 'launchApp' }, undefined, ['error'])
  tap(launch)
  await settled()
  assert.deepEqual(launch.events, [{ name: 'error', detail: { errMsg: 'launchApp:fail not supported' } }])
  assert.ok(missing.includes('button open-type launchApp'))
})

test('a nickname is told to have passed, other texts are not reviewed', () => {
  for (const [type, count] of [
    ['nickname', 1],
    ['text', 0],
  ] as const) {
    const field = make('input', { type }, undefined, ['nicknamereview'])
    field.element.querySelector('input')!.dispatchEvent(new window.Event('blur') as never)
    assert.equal(field.events.length, count, type)
  }
})

test('navigator: relative to the page, and each open type to its function', async () => {
  tap(make('navigator', { url: '../other/index?a=1' }))
  assert.deepEqual(calls.pop(), { api: 'navigateTo', args: { url: '/other/index?a=1' } })
  tap(make('navigator', { openType: 'navigateBack', delta: 2 }))
  assert.deepEqual(calls.pop(), { api: 'navigateBack', args: { delta: 2 } })
  const wrong = make('navigator', { openType: 'toString' }, undefined, ['fail'])
  tap(wrong)
  await settled()
  assert.equal(wrong.events.length, 1)
  assert.equal(calls.length, 0)
})

test('pictures: only resolved URLs get into the document, refused ones fail', async () => {
  const good = make('image', { src: '/images/a.png' })
  assert.equal(good.element.querySelector('img')?.getAttribute('src'), '/p/images/a.png')
  const bad = make('image', { src: '/.lodger/sync/1' }, undefined, ['error'])
  await settled()
  assert.equal(bad.element.querySelector('img')?.getAttribute('src'), null)
  assert.equal(bad.events.length, 1)
})

test('children go into the slot; events of a component wait for the end of its update', async () => {
  const swiper = make('swiper', { current: 0, duration: 0 }, undefined, ['change'])
  const items = ['a', 'b', 'c'].map((itemId) => make('swiper-item', { itemId }, swiper))
  assert.equal(items[1]!.element.parentElement?.className, 'lg-swiper-track')
  await settled()
  hostOf(swiper.node)?.set({ current: 2 })
  assert.equal(swiper.events.length, 0)
  await settled()
  assert.deepEqual(swiper.events, [
    { name: 'change', detail: { current: 2, currentItemId: 'c', source: '' } },
  ])
})

test('aria, hidden, and text', async () => {
  const view = make('view', { ariaRole: 'link', ariaLabel: 'Back', hidden: true })
  assert.equal(view.element.getAttribute('role'), 'link')
  assert.equal(view.element.getAttribute('aria-label'), 'Back')
  assert.equal(view.element.hasAttribute('hidden'), true)
  hostOf(view.node)?.set({ hidden: false, ariaLabel: '' })
  assert.equal(view.element.hasAttribute('hidden'), false)
  assert.equal(view.element.hasAttribute('aria-label'), false)
  const named = make('button', { ariaRole: 'tab' })
  assert.equal(named.element.getAttribute('role'), 'tab')

  const text = make('text', { decode: true, space: 'nbsp' })
  text.node.appendChild(shadow.createTextNode('a &lt;b&gt; &amp;lt;'))
  await settled()
  assert.equal(text.element.textContent, 'a\u00a0<b>\u00a0&lt;')
})

test('hover: the class comes with the press and goes after it, and an inner component may keep it', async () => {
  const outer = make('view', { hoverClass: 'outer', hoverStartTime: 0, hoverStayTime: 0 })
  const inner = make(
    'view',
    { hoverClass: 'inner', hoverStartTime: 0, hoverStayTime: 0, hoverStopPropagation: true },
    outer,
  )
  const send = (target: EventTarget, type: string): void =>
    void target.dispatchEvent(new window.PointerEvent(type, { bubbles: true, button: 0 }) as never)
  const classes = (): string[] => [outer, inner].map((made) => made.element.className)
  send(inner.element, 'pointerdown')
  await settled()
  assert.match(classes()[1]!, /inner/)
  assert.doesNotMatch(classes()[0]!, /outer/)
  send(window as never, 'pointerup')
  await settled()
  assert.doesNotMatch(classes()[1]!, /inner/)
  send(outer.element, 'pointerdown')
  send(window as never, 'pointercancel')
  await settled()
  assert.doesNotMatch(classes()[0]!, /outer/)
})

test('unknown tags are inline boxes and counted as missing; silent ones are not counted', () => {
  const odd = make('no-such-tag')
  const inner = make('view', {}, odd)
  assert.equal(odd.element.localName, 'wx-no-such-tag')
  assert.equal(inner.element.parentElement, odd.element)
  make('map')
  make('ad')
  assert.ok(missing.includes('component no-such-tag'))
  assert.ok(missing.includes('component map'))
  assert.ok(!missing.includes('component ad'))
})

test('a component that fails is reported and leaves the others alone', () => {
  assert.deepEqual(errors, [])
  const rich = make('rich-text', { nodes: '<p>ok</p>' })
  const before = document.createElement
  document.createElement = () => {
    throw new Error('broken')
  }
  hostOf(rich.node)?.set({ nodes: '<p>not ok</p>' })
  document.createElement = before
  assert.equal(errors.length, 1)
  assert.match(String(errors.pop()), /broken/)
  assert.equal(make('view').element.localName, 'wx-view')
})

test('what comes into a component later, by wx:if or a slot, comes to its other children', () => {
  for (const tag of ['scroll-view', 'button', 'swiper', 'view']) {
    const outer = make(tag)
    const block = shadow.createVirtualNode('wx:if')
    outer.node.appendChild(block)
    const last = make('view', {}, outer)
    const first = make('view')
    first.node.parentNode?.removeChild(first.node)
    block.appendChild(first.node)
    assert.equal(first.element.parentNode, last.element.parentNode, tag)
    assert.equal(first.element.nextSibling, last.element, tag)
    block.removeChild(first.node)
    assert.equal(first.element.parentNode, null, tag)
  }
  assert.deepEqual(errors, [])
})

test('a page that has ended may still get data: what is created then draws nothing', async () => {
  const page = tree.associated.createRoot('page', tree.space, '/page/index')
  const place = document.createElement('i')
  document.body.appendChild(place)
  page.attach(document.body as never, place as never)
  const inner = page.getComponent().getShadowRoot()!
  page.release()
  for (const tag of ['icon', 'image', 'scroll-view', 'swiper', 'text', 'view']) {
    const node = inner.createComponent(tag, tag) as GeneralComponent
    inner.appendChild(node)
    const child = inner.createComponent('view', 'view') as GeneralComponent
    node.appendChild(child)
    ;(node as unknown as { setData(data: object): void }).setData({ hidden: true, ariaLabel: 'x' })
    assert.equal(hostOf(node), undefined)
    node.removeChild(child)
  }
  assert.deepEqual(errors, [])
})

test('a keyboard is told to the field that has the focus, and the page makes room for it', () => {
  const field = make('input', { cursorSpacing: 20 }, undefined, ['keyboardheightchange'])
  const native = field.element.querySelector('input')!
  const bottom = window.innerHeight - 100
  native.getBoundingClientRect = () => ({ bottom }) as DOMRect
  native.dispatchEvent(new window.Event('focus') as unknown as Event)
  for (const listener of [...keyboards]) listener(300, 0.2)
  // The field ends 100 above the bottom: 300 of keyboard and 20 of spacing need 220 more.
  assert.equal(pageElement.style.transform, 'translateY(-220px)')
  for (const listener of [...keyboards]) listener(0, 0.2)
  assert.equal(pageElement.style.transform, '')
  assert.deepEqual(
    field.events.map(({ detail }) => detail),
    [
      { height: 300, duration: 0.2 },
      { height: 0, duration: 0.2 },
    ],
  )
  native.dispatchEvent(new window.Event('blur') as unknown as Event)
  assert.equal(keyboards.size, 0)
})

test('adjust-position="{{false}}" leaves the page where it is; what is high enough does not move', () => {
  for (const [values, bottom] of [
    [{ adjustPosition: false }, window.innerHeight],
    [{}, 50],
  ] as const) {
    const native = make('input', { ...values }).element.querySelector('input')!
    native.getBoundingClientRect = () => ({ bottom }) as DOMRect
    native.dispatchEvent(new window.Event('focus') as unknown as Event)
    for (const listener of [...keyboards]) listener(300, 0)
    assert.equal(pageElement.style.transform, '')
    native.dispatchEvent(new window.Event('blur') as unknown as Event)
  }
})

test('an input method: its start, steps and end are told', () => {
  const names = ['start', 'update', 'end'].map((part) => `keyboardcomposition${part}`)
  for (const tag of ['input', 'textarea']) {
    const field = make(tag, {}, undefined, names)
    const native = field.element.querySelector(tag)!
    for (const part of ['start', 'update', 'end']) {
      const event = Object.assign(new window.Event(`composition${part}`), { data: 'ka' })
      native.dispatchEvent(event as unknown as Event)
    }
    assert.deepEqual(
      field.events.map(({ name }) => name),
      names,
    )
    assert.deepEqual(field.events[1]?.detail, { value: '', data: 'ka' })
  }
})
