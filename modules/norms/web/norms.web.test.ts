import { expect, test } from 'vitest'
import { sayNow } from '#core/ui/web/texts.ts'
import { shippedNorms } from '../norms.effective.ts'
import type { NormItem } from '../norms.api.ts'
import { condense, conditionInWords, durationInWords, nameOfLine, nameOfNorm, ruleTables, valueInWords } from './normWords.ts'
import { normsTexts, type SayNorms } from './normsTexts.ts'

const say: SayNorms = (key, values) => sayNow(normsTexts, key, values)
const shipped = shippedNorms('65')
const items = Object.entries(shipped.values).map(([key, value]) => ({ key, value, group: key.slice(0, key.indexOf('/')) }) as unknown as NormItem)

test('norms are named and valued in words', () => {
  expect(nameOfNorm('deadline/phone/III', say)).toBe('电话报告 · III 级 较大')
  expect(nameOfNorm('deadline/supplement/12H', say)).toBe('伤亡变化补报 · 事件代码 12H')
  expect(nameOfNorm('required/first', say)).toBe('首报')
  expect(valueInWords('reach/III', 'region', say, 'zh')).toBe('自治区级')
  expect(valueInWords('required/first', ['figures.deaths', 'details.cause', 'odd'], say, 'zh')).toBe('死亡、事件原因、odd')
  expect(valueInWords('deadline/phone/I', null, say, 'zh')).toBe('不作规定')
  expect([90, 120, 43_200].map((minutes) => durationInWords(minutes, say))).toEqual(['90 分钟', '2 小时', '30 天'])
})

test('every shipped norm of reporting has words, and none shows raw JSON', () => {
  for (const item of items.filter((i) => ['deadline', 'reach', 'confirm', 'required', 'expected', 'weight', 'raise'].includes(i.group))) {
    expect(nameOfNorm(item.key, say), item.key).not.toMatch(/^[a-z]/i.test(item.key.split('/')[1] ?? '') ? /^[a-z]{4,}/ : /^$/)
    expect(valueInWords(item.key, item.value, say, 'zh'), item.key).not.toMatch(/[[{]/)
  }
})

test('grades with the same value share a line, deadlines in the order a report meets them', () => {
  const item = (key: string, value: number, setBy: string | null = null): NormItem => ({ key, group: 'deadline', value, setBy, version: 0, mark: 'K', source: '', clamped: [] })
  const lines = condense([item('deadline/final', 9), item('deadline/phone/IV', 30), item('deadline/phone/I', 30), item('deadline/phone/II', 30), item('deadline/phone/III', 20, '65'), item('deadline/supplement/12H', 5), item('deadline/supplement', 9)])
  expect(lines.map((line) => [nameOfLine(line, say), line.value])).toEqual([
    ['电话报告 · I, II 级', 30], ['电话报告 · III 级 较大', 20], ['电话报告 · IV 级 一般', 30], ['终报', 9], ['伤亡变化补报', 9], ['伤亡变化补报 · 事件代码 12H', 5],
  ])
  expect(condense(['I', 'II', 'III', 'IV'].map((grade) => item(`deadline/phone/${grade}`, 30))).map((line) => nameOfLine(line, say))).toEqual(['电话报告'])
})

test('rules come together with their clauses and thresholds', () => {
  const accident = ruleTables(items).find((table) => table.id === 'ACC')
  const deaths = accident?.clauses.find((clause) => clause.id === 'deaths')
  expect(deaths?.thresholds.I && conditionInWords(deaths.thresholds.I, say, 'zh', {}, 'deaths')).toBe('≥ 30')
  expect(conditionInWords([[{ measure: 'deaths+missing', op: '>=', value: 50 }, { measure: 'hours', op: '<', value: 24 }]], say, 'zh', {})).toBe('死亡＋失联 ≥ 50 且 hours < 24')
})
