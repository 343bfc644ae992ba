// Modules: how they find each other, how they fail, what scope they run in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CodeSpace } from 'glass-easel-miniprogram-adapter'
import { channelPair } from './event-channel'
import { withTheme } from './launch'
import { Loader, type PackageContents } from './loader'
import type { Reporter } from './reporter'
import { createAppGlobal, createFunction } from './scope'
import type { ProgramStyleSheets } from './style-sheets'

type Modules = PackageContents['modules']

function load(modules: Modules, packages = [{ name: 'main', root: '', script: '/p/package.js' }]) {
  const space = {
    getComponentSpace: () => ({ setComponentWaitingListener: () => undefined }),
  } as unknown as CodeSpace
  const loader = new Loader(
    space,
    { define: () => undefined } as unknown as ProgramStyleSheets,
    {} as Reporter,
    packages,
  )
  const real: Record<string, unknown> = { Array, setTimeout, parseInt }
  const scope = createAppGlobal(real, { wx: 1 })
  const shim = createFunction(scope, real)
  loader.prepare({ register: () => undefined }, scope, shim)
  let hidden: unknown[] = []
  loader.define('main', (_global, _globalThis, _Function, ...rest) => {
    hidden = rest
    return { components: {}, styles: {}, templates: {}, modules }
  })
  return { loader, scope, shim, hidden, real }
}

test('a module runs once; keys, relative paths and packages are found', () => {
  let runs = 0
  const { loader } = load({
    'a.js': (_require, module) => {
      runs += 1
      module.exports = 'a'
    },
    'x/index.js': (_require, module) => void (module.exports = 'x'),
    'miniprogram_npm/pkg/index.js': (_require, module) => void (module.exports = 'pkg'),
    'pages/b.js': (require, module) => {
      const name = 'a'
      module.exports = [require('a.js'), require(`../${name}`), require('/x'), require('pkg')]
    },
  })
  assert.deepEqual(loader.run('pages/b.js'), ['a', 'a', 'x', 'pkg'])
  assert.equal(runs, 1)
})

test('modules that need each other see what is exported so far', () => {
  const { loader } = load({
    'a.js': (require, module) => {
      ;(module.exports as Record<string, unknown>)['first'] = 1
      const b = require('b.js') as { seen: number }
      ;(module.exports as Record<string, unknown>)['b'] = b.seen
    },
    'b.js': (require, module) => {
      ;(module.exports as Record<string, unknown>)['seen'] = (require('a.js') as { first: number }).first
    },
  })
  assert.deepEqual(loader.run('a.js'), { first: 1, b: 1 })
})

test('errors name the module; a module that failed may be tried again', () => {
  let fail = true
  const { loader } = load({
    'a.js': (require) => void require('./none'),
    'b.js': (_require, module) => {
      if (fail) throw new TypeError('broken')
      module.exports = 'ok'
    },
  })
  assert.throws(() => loader.run('a.js'), /module '\.\/none' is not defined, required by 'a\.js'/)
  assert.throws(() => loader.run('b.js'), /broken \(in module 'b\.js'\)/)
  fail = false
  assert.equal(loader.run('b.js'), 'ok')
})

test('require.async and require with callbacks', async () => {
  const { loader } = load({
    'a.js': (_require, module) => void (module.exports = 'a'),
    'b.js': (require, module) => {
      module.exports = [
        require.async('a.js'),
        new Promise((ok) => require('./a', ok)),
        new Promise((ok) => require('./no', undefined, ok)),
      ]
    },
  })
  const [first, second, third] = await Promise.all(loader.run('b.js') as Promise<unknown>[])
  assert.equal(first, 'a')
  assert.equal(second, 'a')
  assert.match(String(third), /is not defined/)
})

test('the longest root wins', () => {
  const { loader } = load({}, [
    { name: 'main', root: '', script: '' },
    { name: 'shop', root: 'packages/shop/', script: '' },
    { name: 'deep', root: '/packages/shop/deep', script: '' },
  ])
  assert.equal(loader.packageOf('packages/shop/page'), 'shop')
  assert.equal(loader.packageOf('packages/shop/deep/page'), 'deep')
  assert.equal(loader.packageOf('packages/shopping/page'), 'main')
})

test('the scope of modules: what is hidden, and what code from strings may do', () => {
  const { scope, shim, hidden, real } = load({})
  assert.ok(hidden.every((value) => value === undefined))
  assert.equal(scope['globalThis'], scope)
  assert.equal(scope['Array'], Array)
  assert.equal(shim('return this')(), scope)
  assert.equal(new shim('return this')(), scope)
  assert.ok((() => 1) instanceof shim)
  ;(shim('r', 'regeneratorRuntime = r') as (value: unknown) => void)('R')
  assert.equal(real['regeneratorRuntime'], 'R')
  assert.throws(() => shim('return 1'), EvalError)
  assert.throws(() => shim('a', 'b = c'), EvalError)
})

test('theme names are replaced, titles are not', () => {
  const config = { window: { a: '@x', navigationBarTitleText: '@x' }, list: [{ b: '@none' }] }
  assert.deepEqual(withTheme(config, { x: '#fff' }), {
    window: { a: '#fff', navigationBarTitleText: '@x' },
    list: [{ b: '@none' }],
  })
})

test('an event channel keeps what nobody listens to yet', () => {
  const [mine, theirs] = channelPair()
  const got: unknown[] = []
  mine.emit('a', 1)
  theirs.once('a', (value) => got.push(value))
  mine.emit('a', 2)
  theirs.on('a', (value) => got.push(value))
  theirs.off('a')
  mine.emit('a', 3)
  assert.deepEqual(got, [1, 2])
})
