import { expect, test } from 'vitest'
import { queryText } from './api.ts'
import { keyName } from './keys.ts'
import { dependsOn } from './queries.ts'
import { defineTexts, sayNow, wording } from './texts.ts'

test('a text is said in the language in use, with values filled in and not escaped', async () => {
  const texts = defineTexts('probe', { hello: '你好，{{name}}' }, { hello: 'Hello, {{name}}' })
  expect(sayNow(texts, 'hello', { name: '<乌什>' })).toBe('你好，<乌什>')
  await wording.changeLanguage('en')
  expect(sayNow(texts, 'hello', { name: 'a & b' })).toBe('Hello, a & b')
  await wording.changeLanguage('zh')
})

test('queries leave out what is empty and repeat lists', () => {
  expect(queryText({ q: '地震', page: 1, level: ['I', 'II'], status: undefined, late: false })).toBe('?q=%E5%9C%B0%E9%9C%87&page=1&level=I&level=II&late=false')
  expect(queryText({ q: '' })).toBe('')
})

test('keys are named the same on every keyboard', () => {
  const press = (key: string, more = {}) => keyName({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })
  expect([press('K', { metaKey: true }), press('k', { ctrlKey: true }), press('?'), press('Escape'), press('J')]).toEqual(['ctrl+k', 'ctrl+k', '?', 'Escape', 'j'])
})

test('news refetches queries of its kind and those that say they depend on it', () => {
  const kinds = new Set(['report'])
  expect(dependsOn({ queryKey: ['report', { box: 'in' }] }, kinds)).toBe(true)
  expect(dependsOn({ queryKey: ['incident', 'x'], meta: { also: ['report'] } }, kinds)).toBe(true)
  expect(dependsOn({ queryKey: ['norms'] }, kinds)).toBe(false)
})
