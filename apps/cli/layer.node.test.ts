import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeMbtiles, makePmtiles } from '#core/geo/server/import/testTiles.ts'
import { writePoints } from '#lab/import/growth.ts'
import type { LayerCard, LayerDetail } from '#modules/situation/imported.api.ts'
import { idFrom } from './importing.ts'

const bin = fileURLToPath(new URL('fengsui.mjs', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'fengsui-layer-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

let count = 0
let data: string
beforeEach(async () => {
  data = join(base, `station-${++count}`)
  await fengsui(['init', '--data', data, '--address', '65', '--name', '新疆维吾尔自治区', '--mode', 'test', '--port', '0'])
})

interface Ended { code: number; out: string; err: string }
function fengsui(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env } }, (fault, out, err) => {
      resolve({ code: fault ? Number(fault.code) : 0, out, err })
    })
  })
}

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(base, name), content)
  return join(base, name)
}
const point = (lon: number, lat: number, name: string) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: [lon, lat] } })
const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features })
const listed = async () => JSON.parse((await fengsui(['layer', 'list', '--data', data, '--json'])).out) as LayerCard[]

let good: string
let faulty: string
beforeAll(() => {
  good = write('hospitals.geojson', collection(point(79.2, 41.2, '乌什县人民医院'), point(80.2, 41.1, '阿克苏')))
  faulty = write('faulty.geojson', collection(point(79.2, 41.2, '好'), point(279.2, 41.2, '远'), { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[[80, 40], [82, 42], [82, 40], [80, 42]]] } }))
})

describe('fengsui layer', () => {
  test('imports, lists, reports and removes; a second import replaces', async () => {
    const made = await fengsui(['layer', 'import', good, '--data', data, '--name', '医院'])
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('Layer “医院” (hospitals) imported') })
    expect(await listed()).toMatchObject([{ id: 'hospitals', title: '医院', kind: 'point', count: 2, role: 'overlay', file: 'hospitals.geojson', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect((await fengsui(['layer', 'import', good, '--data', data])).out).toContain('replaced')
    expect((await fengsui(['layer', 'list', '--data', data], { LANG: 'zh_CN.UTF-8' })).out).toMatch(/hospitals\s+hospitals\s+overlay\s+点\s+2/)
    expect((await fengsui(['layer', 'report', 'hospitals', '--data', data])).out).toContain('2 features read, 2 imported (0 of them mended), 0 skipped')
    expect(await fengsui(['layer', 'remove', 'hospitals', '--data', data])).toMatchObject({ code: 0 })
    expect(await fengsui(['layer', 'remove', 'hospitals', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('There is no layer hospitals') })
    expect((await fengsui(['layer', 'list', '--data', data])).out).toContain('No layers have been imported')
  })

  test('says what was wrong and what was done, in both languages and in JSON; --strict refuses', async () => {
    const zh = await fengsui(['layer', 'import', faulty, '--data', data], { LANG: 'zh_CN.UTF-8' })
    expect(zh.out).toMatch(/读到 3 条，导入 2 条（其中修复 1 条），跳过 1 条/)
    expect(zh.out).toMatch(/坐标超出经度 ±180、纬度 ±90：1\s+要素 #2 \(279\.2, 41\.2\)/)
    expect(zh.out).toMatch(/面自相交，已拆分修复：1\s+要素 #3/)
    const json = JSON.parse((await fengsui(['layer', 'import', faulty, '--data', data, '--json'])).out) as LayerDetail
    expect(json.report).toMatchObject({ read: 3, imported: 2, skipped: 1, mended: 1, faults: { 'out-of-range': 1, 'self-intersection': 1, 'ring-closed': 1 } })
    const strict = await fengsui(['layer', 'import', faulty, '--data', data, '--id', 'strict', '--strict'])
    expect(strict).toMatchObject({ code: 1, out: expect.stringContaining('#2'), err: expect.stringContaining('nothing was imported') })
    expect((await listed()).map((l) => l.id)).toEqual(['faulty'])
  })

  test('the operator’s word on encoding and coordinates is taken; wrong usage is wrong usage', async () => {
    const gbk = write('gbk.csv', iconv.encode('名称,lon,lat\n温宿县,8905559.2,5009377.1\n', 'gbk'))
    const refused = await fengsui(['layer', 'import', gbk, '--data', data], { LANG: 'zh_CN.UTF-8' })
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('请加 --crs 3857') })
    const { report, bbox } = JSON.parse((await fengsui(['layer', 'import', gbk, '--data', data, '--crs', '3857', '--encoding', 'gbk', '--json'])).out) as LayerDetail
    expect(report).toMatchObject({ imported: 1, encoding: 'gbk', crs: 'EPSG:3857 Web Mercator' })
    expect(bbox?.map((n) => n.toFixed(3))).toEqual(['80.000', '40.980', '80.000', '40.980'])
    expect(await fengsui(['layer', 'import', '--data', data])).toMatchObject({ code: 2 })
    expect(await fengsui(['layer', 'import', join(base, 'none.geojson'), '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('There is no file') })
    expect(await fengsui(['layer', 'import', good, '--data', data, '--id', 'Base'])).toMatchObject({ code: 1, err: expect.stringContaining('cannot be a layer’s id') })
  })

  test('shows how far it is; Ctrl-C in the middle leaves the old layer and nothing else', async () => {
    const many = join(base, 'many.geojson')
    await writePoints(many, 300_000)
    await fengsui(['layer', 'import', good, '--data', data, '--id', 'many'])
    const child = spawn(process.execPath, [bin, 'layer', 'import', many, '--data', data], { env: { PATH: process.env.PATH, LANG: 'C.UTF-8' } })
    let [err, told] = ['', false]
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
      if (told || !err.includes('features read')) return
      told = true
      child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    expect(err).toMatch(/\d+ %, \d+ features read, \d+ a second/)
    expect(err).toContain('Cancelled; what was there is unchanged')
    expect(code).toBe(130)
    expect(await listed()).toMatchObject([{ id: 'many', count: 2, file: 'hospitals.geojson' }])
  })
})

describe('fengsui basemap', () => {
  const status = async () => JSON.parse((await fengsui(['basemap', 'status', '--data', data, '--json'])).out) as { tiles: { sourceName: string } | null; layers: LayerCard[] }

  test('tiles become the base map; a backup holds them; removal goes back', async () => {
    const pmtiles = write('official.pmtiles', makePmtiles())
    expect(await fengsui(['basemap', 'import', pmtiles, '--data', data])).toMatchObject({ code: 0, out: expect.stringContaining('official.pmtiles is the base map now: PMTiles, zooms 0 to 2') })
    expect(await status()).toMatchObject({ tiles: { sourceName: 'official.pmtiles', layers: ['land', 'water'] } })
    makeMbtiles(join(base, 'newer.mbtiles'))
    expect((await fengsui(['basemap', 'import', join(base, 'newer.mbtiles'), '--data', data])).code).toBe(0)
    expect((await fengsui(['basemap', 'status', '--data', data])).out).toContain('newer.mbtiles (MBTiles')
    expect(await fengsui(['basemap', 'import', write('bad.pmtiles', 'no tiles'), '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('not a PMTiles file') })
    expect(await status()).toMatchObject({ tiles: { sourceName: 'newer.mbtiles' } })
    const copy = join(base, `copy-${count}`)
    expect((await fengsui(['backup', copy, '--data', data])).code).toBe(0)
    expect((await fengsui(['restore', copy, '--data', `${data}-restored`])).code).toBe(0)
    expect((await fengsui(['basemap', 'status', '--data', `${data}-restored`])).out).toContain('newer.mbtiles (MBTiles')
    expect((await fengsui(['basemap', 'remove', '--data', data])).out).toContain('Back to the base map')
    expect((await status()).tiles).toBeNull()
  })

  test('official divisions become its boundaries; what they are must be said', async () => {
    const divisions = write('div.geojson', collection({ type: 'Feature', properties: { name: '乌什县', code: '652928' }, geometry: { type: 'Polygon', coordinates: [[[78, 40], [80, 40], [80, 42], [78, 42], [78, 40]]] } }))
    expect(await fengsui(['basemap', 'import', divisions, '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('--as') })
    expect((await fengsui(['basemap', 'import', divisions, '--data', data, '--as', 'boundary'])).code).toBe(0)
    expect((await status()).layers).toMatchObject([{ id: 'base-boundary', role: 'boundary', kind: 'polygon', count: 1 }])
    expect((await fengsui(['basemap', 'remove', '--as', 'place', '--data', data])).out).toContain('No base map had been imported')
    expect((await fengsui(['basemap', 'remove', '--as', 'boundary', '--data', data])).code).toBe(0)
    expect((await status()).layers).toEqual([])
  })
})

test('a layer’s id comes from a plain file name, else from its content', () => {
  expect(idFrom('/a/Fire Stations_2024.geojson', 'abc')).toBe('fire-stations-2024')
  expect(idFrom('/a/65-roads.shp.zip', 'abc')).toBe('roads')
  expect(idFrom('/a/医院.geojson', '0123456789abcdef')).toBe('layer-01234567')
})
