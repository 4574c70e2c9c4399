import { afterAll, beforeAll, expect, test } from 'vitest'
import { federation, type Federation } from '#lab/federation/federation.ts'
import { wushi2024 } from './wushi-2024.ts'

let tree: Federation
beforeAll(async () => { tree = await federation() })
afterAll(() => tree?.close())

const at = (address: string) => tree.at(address).url

test('wushi-2024 runs to its end through the public API; its receipts are signed by prefecture and region, every record is an exercise', async () => {
  let text = ''
  const urls = { region: at('65'), prefecture: at('65/6529'), county: at('65/6529/652927'), scene: at('65/6529/652927/s1'), seismology: at('65/@seismology') }
  const summary = await wushi2024(urls, Infinity, (words) => { text += words })
  const lines = text.trim().split('\n')
  expect(lines.at(-1)).toMatch(/^\[█{20}\] (\d+)\/\1 /)
  expect(text).not.toContain('✗')
  const first = summary.receipts.filter((r) => r.report === summary.reports[1])
  expect(first.map((r) => r.station).sort()).toEqual(['65', '65/6529'])
  expect(Object.values(summary.checked).every((checked) => checked > 0)).toBe(true)
  expect(Object.keys(summary.checked)).toHaveLength(5)

  expect(summary.strokes).toBeGreaterThan(15)
  const audit = await tree.at('65').as('audit')
  const { items, total } = await audit.get<{ items: { mode: string; title: string; code: string }[]; total: number }>('/api/reports?size=200')
  expect(total).toBe(5)
  expect(items.filter((r) => r.mode !== 'exercise' || !r.title.startsWith('【演练】') || r.code !== '11C02')).toEqual([])
})

test('a station that does not answer ends the scenario in words', async () => {
  const nobody = 'http://127.0.0.1:1'
  const urls = { region: nobody, prefecture: nobody, county: nobody, scene: nobody, seismology: nobody }
  await expect(wushi2024(urls, Infinity, () => undefined)).rejects.toThrow(/GET http:\/\/127\.0\.0\.1:1\/api\/health → 0 no-answer/)
})
