import { expect, test } from 'vitest'
import { openDivisions } from './divisions.ts'

const divisions = await openDivisions('65/6529/652927')
const names = (query: { q?: string; under?: string; size?: number }) => divisions.search({ q: '', size: 50, ...query }).items.map((i) => i.name)

test('children of a region are its prefectures and the cities directly under it', () => {
  const found = divisions.search({ q: '', under: '65', size: 200 })
  expect(found.items.map((i) => i.name)).toEqual(expect.arrayContaining(['乌鲁木齐市', '阿克苏地区', '石河子市']))
  expect(found.items.some((i) => i.name === '乌什县')).toBe(false)
})

test('children of a prefecture, of a county, and of a code with trailing zeros', () => {
  expect(names({ under: '6529' })).toContain('乌什县')
  expect(names({ under: '652900' })).toEqual(names({ under: '6529' }))
  expect(divisions.search({ q: '', under: '652927', size: 200 }).items.every((i) => i.level === 'township' && i.code.startsWith('652927'))).toBe(true)
  expect(names({ under: '652927' })).toContain('乌什镇')
})

test('by code, by two characters, by pinyin initials', () => {
  expect(names({ q: '652927' })[0]).toBe('乌什县')
  expect(names({ q: '乌什' })[0]).toBe('乌什县')
  expect(names({ q: 'wsx' })[0]).toBe('乌什县')
  expect(names({ q: 'aksdq' })[0]).toBe('阿克苏地区')
  expect(names({ q: '没有这里' })).toEqual([])
})

test('what lies near the station comes first', () => {
  const found = divisions.search({ q: '新', size: 200 })
  expect(found.items[0]?.code.startsWith('65')).toBe(true)
  expect(found.total).toBeGreaterThan(found.items.filter((i) => i.code.startsWith('65')).length)
})

test('a county carries its path and its seat', () => {
  expect(divisions.find('652927')).toMatchObject({ path: '新疆维吾尔自治区 阿克苏地区 乌什县', level: 'county', initials: 'wsx', lon: expect.any(Number), lat: expect.any(Number) })
  expect(divisions.find('652927100')?.level).toBe('township')
  expect(divisions.find('999999')).toBeUndefined()
})
