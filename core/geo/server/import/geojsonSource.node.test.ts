import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JsonScan } from './jsonScan.ts'
import { collection, feature, importAll, importBench, point, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const features = [point(80.1, 41.2, { name: '乌什县"医院"\\ {[', n: 1 }), point(80.2, 41.3, { name: '阿克苏', deep: { a: [1, { b: '}' }] } })]
const names = async (path: string, encoding?: string) => (await importAll(path, encoding ? { encoding } : {})).rows.map((row) => row.properties.name)

test('a collection, one feature, a bare geometry, a feature to a line, and RFC 8142 all give the same features', async () => {
  const lines = features.map((f) => JSON.stringify(f))
  const wanted = features.map((f) => f.properties.name)
  expect(await names(await bench.write('a.geojson', collection(features)))).toEqual(wanted)
  expect(await names(await bench.write('b.json', JSON.stringify({ features, type: 'FeatureCollection' }, null, 2)))).toEqual(wanted)
  expect(await names(await bench.write('c.geojsonl', lines.join('\n')))).toEqual(wanted)
  expect(await names(await bench.write('d.geojson', lines.map((line) => `\u001e${line}\n`).join('')))).toEqual(wanted)
  expect(await names(await bench.write('e.geojson', `\uFEFF${collection(features)}`))).toEqual(wanted)
  expect(await names(await bench.write('f.geojson', lines[0] as string))).toEqual(wanted.slice(0, 1))
  expect((await importAll(await bench.write('g.geojson', '{"type":"Point","coordinates":[80,41]}'))).rows).toHaveLength(1)
  // The key written with an escape is still the key.
  expect(await names(await bench.write('h.geojson', collection(features).replace('"features"', '"\\u0066eatures"')))).toEqual(wanted)
})

test('numbers, nested values, ids and heights arrive as they are written', async () => {
  const { rows } = await importAll(await bench.write('v.geojson', collection([{ type: 'Feature', id: 'F7', properties: { n: 1.5, ok: true, none: null, list: [1, 2] }, geometry: { type: 'Point', coordinates: [80, 41, 1432.5] } }])))
  expect(rows).toEqual([{ id: '000000001', geometry: { type: 'Point', coordinates: [80, 41, 1432.5] }, properties: { id: 'F7', n: 1.5, ok: true, none: null, list: '[1,2]' } }])
})

test('the scanner finds the same pieces however the bytes are cut', () => {
  const text = Buffer.from(collection(features, { name: 'features', crs: { type: 'name' }, note: '"features":[{' }))
  const pieces = (cuts: number[]) => {
    const scan = new JsonScan()
    const found: string[] = []
    let from = 0
    for (const to of [...new Set(cuts)].sort((a, b) => a - b).concat(text.length)) {
      for (const piece of scan.push(text.subarray(from, to))) found.push(`${piece.kind} ${piece.bytes.toString()}`)
      from = to
    }
    scan.end()
    return found
  }
  const whole = pieces([])
  expect(whole.filter((piece) => piece.startsWith('feature '))).toEqual(features.map((f) => `feature ${JSON.stringify(f)}`))
  fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 60 }), (cuts) => { expect(pieces(cuts)).toEqual(whole) }), { numRuns: 300 })
  expect(pieces(Array.from({ length: text.length }, (_, i) => i))).toEqual(whole)
})

test('GBK is noticed and said, or stated; UTF-16 is read by its mark', async () => {
  const gbk = await bench.write('gbk.geojson', iconv.encode(collection([point(80, 41, { name: '新和县人民医院' })]), 'gbk'))
  const found = await importAll(gbk)
  expect(found.rows[0]?.properties.name).toBe('新和县人民医院')
  expect(found.report).toMatchObject({ encoding: 'gb18030', notes: [{ en: expect.stringContaining('read as GBK') }] })
  expect(await names(gbk, 'gbk')).toEqual(['新和县人民医院'])
  expect((await refusalOf(names(gbk, 'utf-8'))).sentence.zh).toContain('--encoding gbk')
  expect((await refusalOf(names(gbk, 'klingon'))).code).toBe('import.encoding-unknown')
  expect(await names(await bench.write('utf16.geojson', iconv.encode(collection([point(80, 41, { name: '疏勒' })]), 'utf-16', { addBOM: true })))).toEqual(['疏勒'])
})

test.each([
  ['cut off in a feature', collection(features).slice(0, -30), 'import.truncated'],
  ['cut off in the first words', '{"type":"Fea', 'import.truncated'],
  ['nested ten thousand deep', `{"type":"FeatureCollection","features":[{"a":${'['.repeat(10_000)}`, 'import.json-depth'],
  ['one string of 40 MB', `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"${'x'.repeat(40_000_000)}"}}]}`, 'import.feature-too-large'],
  ['a head of 40 MB before the features', `{"type":"FeatureCollection","note":"${'x'.repeat(40_000_000)}","features":[]}`, 'import.feature-too-large'],
  ['not an object', '[1,2,3]', 'import.not-geojson'],
  ['words', 'hello there', 'import.not-geojson'],
  ['numbers for features', '{"type":"FeatureCollection","features":[1,2]}', 'import.json-damaged'],
  ['lists for features', '{"type":"FeatureCollection","features":[[1],[2]]}', 'import.json-damaged'],
  ['no features', '{"type":"FeatureCollection","features":[]}', 'import.no-features'],
  ['TopoJSON', '{"type":"Topology","objects":{},"arcs":[]}', 'import.topojson'],
  ['some other JSON', '{"hello":1}', 'import.not-geojson'],
  ['a bracket too many', `${collection(features)}]`, 'import.json-damaged'],
  ['an empty file', '', 'import.empty-file'],
])('%s is refused', async (_name, text, code) => {
  expect((await refusalOf(importAll(await bench.write('bad.geojson', text)))).code).toBe(code)
})

test('a feature of broken JSON is passed over and named; the others come in', async () => {
  const { report, rows } = await importAll(await bench.write('part.geojson', `{"type":"FeatureCollection","features":[${JSON.stringify(features[0])},{"type":"Feature",oops},${JSON.stringify(features[1])}]}`))
  expect(rows).toHaveLength(2)
  expect(report).toMatchObject({ read: 3, imported: 2, skipped: 1, faults: { unreadable: 1 }, examples: [{ feature: 2, fault: 'unreadable', detail: expect.stringContaining('JSON') }] })
})

test('a coordinate system named after the features is asked for, not guessed', async () => {
  const text = `{"type":"FeatureCollection","features":[${JSON.stringify(point(80, 41))}],"crs":{"type":"name","properties":{"name":"EPSG:3857"}}}`
  expect((await refusalOf(importAll(await bench.write('late.geojson', text)))).code).toBe('import.crs-late')
})

test('an attribute named like a prototype does no harm', async () => {
  const text = `{"type":"Feature","properties":{"__proto__":{"polluted":1},"constructor":"x","name":"ok"},"geometry":{"type":"Point","coordinates":[80,41]}}`
  const { rows } = await importAll(await bench.write('proto.geojson', text))
  expect(rows[0]?.properties).toEqual({ constructor: 'x', name: 'ok' })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('an import is stopped in the middle', async () => {
  const path = await bench.write('many.geojsonl', Array.from({ length: 30_000 }, (_, i) => JSON.stringify(point(80 + i / 1e5, 41))).join('\n'))
  const controller = new AbortController()
  const stopped = new Error('stopped by the operator')
  let read = 0
  await expect(importAll(path, { signal: controller.signal, onProgress: (progress) => {
    read = progress.read
    expect(progress.share).toBeLessThanOrEqual(1)
    controller.abort(stopped)
  } })).rejects.toBe(stopped)
  expect(read).toBeLessThan(30_000)
})

test('feature of a collection keeps its number even where others are skipped', async () => {
  const { rows } = await importAll(await bench.write('gaps.geojson', collection([feature(null), point(80, 41), feature({ type: 'Point', coordinates: [] }), point(81, 41)])))
  expect(rows.map((row) => row.id)).toEqual(['000000002', '000000004'])
})
