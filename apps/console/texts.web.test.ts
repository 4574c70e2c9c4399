import { expect, test } from 'vitest'
import { textFaults } from '#core/ui/textFaults.ts'

type Module = Record<'zh' | 'en', Record<string, string>>
const chinese = import.meta.glob<Module>(['../../core/*/web/**/*.zh.ts', '../../modules/*/web/*.zh.ts', './*.zh.ts'], { eager: true })
const english = import.meta.glob<Module>(['../../core/*/web/**/*.en.ts', '../../modules/*/web/*.en.ts', './*.en.ts'], { eager: true })

test('every module with texts has them in both languages', () => {
  expect(Object.keys(chinese).length).toBeGreaterThanOrEqual(3)
  expect(Object.keys(english).map((path) => path.replace('.en.ts', '.zh.ts')).sort()).toEqual(Object.keys(chinese).sort())
})

test.each(Object.entries(chinese))('%s says the same things in English', (path, texts) => {
  expect(textFaults(texts.zh, english[path.replace('.zh.ts', '.en.ts')]?.en ?? {})).toEqual([])
})

test('faults of texts are found', () => {
  expect(textFaults({ a: '甲', b: '乙', c: '{{n}} 条', d: ' ' }, { a: 'A', c: '{{m}} items', d: 'D', e: 'E' })).toEqual([
    'b: no English', 'c: other values are filled in', 'd: empty in one language', 'e: no Chinese',
  ])
})
