import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CsvRows } from './csvSource.ts'
import { importAll, importBench, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

test('a table with its columns in Chinese, quotes, line ends within, GBK', async () => {
  const text = '名称,经度,纬度,备注\r\n"乌什县,医院",79.2,41.2,"两行\r\n""引号"""\r\n阿克苏,80.2,41.1,\r\n无坐标,,,x\r\n错,abc,41,\r\n'
  for (const [name, bytes] of [['u.csv', Buffer.from(`\uFEFF${text}`)], ['g.csv', iconv.encode(text, 'gbk')]] as const) {
    const { rows, report } = await importAll(await bench.write(name, bytes))
    expect(rows).toEqual([
      { id: '000000001', geometry: { type: 'Point', coordinates: [79.2, 41.2] }, properties: { 名称: '乌什县,医院', 备注: '两行\r\n"引号"' } },
      { id: '000000002', geometry: { type: 'Point', coordinates: [80.2, 41.1] }, properties: { 名称: '阿克苏' } },
    ])
    expect(report.faults).toEqual({ 'empty-geometry': 1, 'not-a-number': 1 })
  }
})

test('tabs and semicolons are seen; without columns of coordinates it is refused by name', async () => {
  expect((await importAll(await bench.write('t.tsv', 'lon\tlat\n80\t41\n'))).rows).toHaveLength(1)
  expect((await importAll(await bench.write('s.csv', 'Name;Longitude;Latitude\na;80;41'))).rows[0]?.properties).toEqual({ Name: 'a' })
  const refusal = await refusalOf(importAll(await bench.write('n.csv', 'name,where\na,b\n')))
  expect([refusal.code, refusal.sentence.zh]).toEqual(['import.csv-columns', expect.stringContaining('name、where')])
  expect((await refusalOf(importAll(await bench.write('q.csv', 'lon,lat,n\n80,41,"open\n')))).code).toBe('import.truncated')
  expect((await refusalOf(importAll(await bench.write('long.csv', `lon,lat,n\n80,41,"${'x'.repeat(100_000)}\n`)))).code).toBe('import.csv-field')
})

test('what is written by RFC 4180 is read again, however it is cut', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '字', ' '), maxLength: 8 })
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }), fc.array(fc.nat(200)), (table, cuts) => {
    const text = table.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n')
    const reading = new CsvRows(',')
    const rows: string[][] = []
    let from = 0
    for (const to of [...new Set(cuts.filter((c) => c < text.length))].sort((a, b) => a - b).concat(text.length)) {
      rows.push(...reading.push(text.slice(from, to)))
      from = to
    }
    expect([...rows, ...reading.end()]).toEqual(table)
  }))
})
