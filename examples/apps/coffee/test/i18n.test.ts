// Both languages say everything, with the same places for values.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { categories, optionGroups } from '../miniprogram/domain/catalog'
import { fill, languageOf, languages, type Localized } from '../miniprogram/domain/language'
import { en } from '../miniprogram/i18n/en'
import { zhCN } from '../miniprogram/i18n/zh-CN'

/** `path -> text` of every text in a table. */
function texts(table: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(table)) {
    const here = path ? `${path}.${key}` : key
    if (typeof value === 'string') found.set(here, value)
    else for (const [inner, text] of texts(value as object, here)) found.set(inner, text)
  }
  return found
}

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()

test('both languages have the same texts', () => {
  assert.deepEqual([...texts(en).keys()].sort(), [...texts(zhCN).keys()].sort())
})

test('no text is empty, and places for values agree', () => {
  const chinese = texts(zhCN)
  for (const [path, text] of texts(en)) {
    assert.ok(text.trim(), `${path} in English`)
    assert.ok(chinese.get(path)?.trim(), `${path} in Chinese`)
    assert.deepEqual(places(text), places(chinese.get(path) ?? ''), path)
  }
})

test('the menu is in both languages', () => {
  const names: [string, Localized][] = [
    ...categories.flatMap((category): [string, Localized][] => [
      [category.id, category.name],
      [`${category.id} in short`, category.short],
    ]),
    ...categories.flatMap((category) => category.products).flatMap((product): [string, Localized][] => [
      [product.id, product.name],
      [`${product.id} description`, product.description],
    ]),
    ...optionGroups.flatMap((group): [string, Localized][] => [
      [group.id, group.name],
      ...group.choices.map((choice): [string, Localized] => [choice.id, choice.name]),
    ]),
  ]
  for (const [what, name] of names) for (const language of languages) assert.ok(name[language].trim(), `${what} in ${language}`)
})

test('Chinese systems read Chinese, all others English', () => {
  assert.equal(languageOf('zh_CN'), 'zh-CN')
  assert.equal(languageOf('zh_TW'), 'zh-CN')
  assert.equal(languageOf('en'), 'en')
  assert.equal(languageOf('fr'), 'en')
  assert.equal(languageOf(undefined), 'zh-CN')
})

test('values go to their places, and a missing one stays visible', () => {
  assert.equal(fill('{count} of {all}', { count: 2, all: 5 }), '2 of 5')
  assert.equal(fill('{count} items', {}), '{count} items')
})
