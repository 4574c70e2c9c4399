import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { areaSquareMetres } from '../../measure.ts'
import type { Feature, Position } from '../../geojson.ts'
import type { TileSource } from '../tileSource.ts'
import { baseMapSource } from './baseMapSource.ts'
import { baseMapVersion, builtBaseMap } from './builtBaseMap.ts'
import { baseLayers, readBaseContent, type BaseLayer } from './content.ts'
import { extentsOf, joined } from './edges.ts'
import { openTileFile, writeTileFile } from './tileFile.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'fengsui-basemap-')) })
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('what the base map is made of', () => {
  let content: Record<BaseLayer, Feature[]>
  beforeAll(() => { content = readBaseContent() })
  const linesOf = (kind: string) => (content.boundary.find((feature) => feature.properties.class === kind)!.geometry as { coordinates: Position[][] }).coordinates
  const spans = (lines: Position[][]) => lines.flat().reduce<[number, number, number, number]>(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [180, 90, -180, -90])

  test('the polygons are decoded: prefectures have their areas, within a tenth of the official figures', () => {
    const area = (code: string) => areaSquareMetres(content.area.find((feature) => feature.properties.code === code)!.geometry) / 1e6
    expect(area('652900') / 127_144.9).toBeCloseTo(1, 1)
    expect(area('653200') / 249_146.6).toBeCloseTo(1, 1)
    expect(area('650500') / 142_094.9).toBeCloseTo(1, 1)
    expect(content.area.reduce((sum, feature) => sum + areaSquareMetres(feature.geometry) / 1e6, 0) / 1_664_897).toBeCloseTo(1, 1)
  })

  test('borders by class, each marked 示意; the land border reaches around the country, prefectures stay within the region', () => {
    expect(content.boundary.map((feature) => feature.properties.class)).toEqual(['national', 'region', 'prefecture', 'county'])
    expect(content.boundary.every((feature) => feature.properties.note === '示意')).toBe(true)
    const [west, south, east, north] = spans(linesOf('national'))
    expect([west < 74, south < 22.5, east > 134, north > 53]).toEqual([true, true, true, true])
    const within = spans(linesOf('prefecture'))
    expect([within[0] > 73, within[1] > 34, within[2] < 96.5, within[3] < 49.3]).toEqual([true, true, true, true])
  })

  test('seats: every county once, cities of districts by their own name', () => {
    const places = content.place.map((feature) => feature.properties)
    expect(places).toContainEqual({ class: 'county', name: '乌什县', code: '652927', rank: 3 })
    expect(places).toContainEqual({ class: 'prefecture', name: '阿克苏市', code: '652901', rank: 2 })
    expect(places).toContainEqual({ class: 'prefecture', name: '乌鲁木齐市', code: '650100', rank: 1 })
    expect(new Set(places.map((place) => place.code)).size).toBe(places.length)
    expect(content.label.map((feature) => feature.properties.name)).toEqual(expect.arrayContaining(['新疆维吾尔自治区', '阿克苏地区', '塔克拉玛干沙漠']))
    for (const name of baseLayers) expect(content[name].length, name).toBeGreaterThan(0)
  })
})

test('edges are joined into lines, forks and rings included, and each is used once', () => {
  const edge = (a: [number, number], b: [number, number]) => ({ a, b, owners: ['x', 'y'] })
  const ring = [edge([0, 0], [1024, 0]), edge([1024, 0], [1024, 1024]), edge([1024, 1024], [0, 0])]
  const fork = [edge([5120, 0], [6144, 0]), edge([6144, 0], [7168, 1024]), edge([6144, 0], [7168, -1024])]
  expect(joined(ring)).toEqual([[[0, 0], [1, 0], [1, 1], [0, 0]]])
  expect(joined(fork)).toHaveLength(3)
  expect(joined([...ring, ...fork]).reduce((sum, line) => sum + line.length - 1, 0)).toBe(6)
  const extent = extentsOf([...ring, ...fork])
  expect([extent(ring[1]!), extent(fork[2]!)]).toEqual([1024, 2048])
})

test('a file of tiles keeps equal ones once, and is whole or not there', () => {
  const path = join(folder, 'tiles.db')
  let made = 0
  const bytes = () => { made++; return new Uint8Array([1, 2, 3]) }
  expect(() => { writeTileFile(path, (put) => { put(0, 0, 0, 'same', bytes); throw new Error('power cut') }) }).toThrow('power cut')
  expect(existsSync(path)).toBe(false)
  writeTileFile(path, (put) => { for (let x = 0; x < 4; x++) put(2, x, 0, 'same', bytes) })
  const file = openTileFile(path)
  expect([file.read(2, 3, 0)?.bytes, file.read(2, 0, 1)]).toEqual([new Uint8Array([1, 2, 3]), null])
  expect(made).toBe(2)
  file.close()
})

test('stations that start at once build it once; the next start finds it; its log tells of each zoom', async () => {
  const own = join(folder, 'own')
  const words: string[] = []
  const log = { info: (about: object, said: string) => { words.push(`${said} ${JSON.stringify(about)}`) }, error: (_about: object, said: string) => { words.push(said) } }
  const sources = [1, 2, 3].map(() => builtBaseMap({ cache: own, log }))
  const tiles = await Promise.all(sources.map((source) => source.tile(7, 92, 47)))
  expect(words.filter((line) => line.startsWith('building'))).toHaveLength(1)
  expect(words.filter((line) => line.includes('"zoom"'))).toHaveLength(8)
  expect(await readdir(own)).toEqual([`basemap-${baseMapVersion()}.db`])
  const [tile] = tiles
  expect(tiles.every((other) => Buffer.from(other!.bytes).equals(Buffer.from(tile!.bytes)))).toBe(true)
  expect(Object.keys(new VectorTile(new PbfReader(gunzipSync(tile!.bytes))).layers)).toEqual(expect.arrayContaining(['land', 'area', 'boundary', 'place']))
  await Promise.all(sources.map((source) => source.close()))
  words.length = 0
  await writeFile(join(own, 'basemap-000000000000.db'), 'of an older version')
  const again = builtBaseMap({ cache: own, log })
  await again.prepare()
  expect(words).toEqual([])
  await again.close()
  await expect(again.tile(0, 0, 0)).rejects.toThrow('closed')
})

test('a station that stops does not wait for the building, and what a dead builder left does not stop the next', async () => {
  const own = join(folder, 'stopped')
  const stopped = builtBaseMap({ cache: own })
  const asked = expect(stopped.tile(0, 0, 0)).rejects.toThrow()
  while (!(await readdir(own).catch(() => [])).length) await new Promise((resolve) => { setImmediate(resolve) })
  await stopped.close()
  await asked
  expect((await readdir(own)).filter((name) => name.endsWith('.db'))).toEqual([])
  // 2^22 is above what Linux gives as a number, so nobody has it.
  await writeFile(join(own, `basemap-${baseMapVersion()}.db.lock`), String(2 ** 22 + 7))
  const next = builtBaseMap({ cache: own })
  expect((await next.tile(0, 0, 0))?.gzip).toBe(true)
  await next.close()
})

test('an imported base map takes the place of the built one as long as it is there', async () => {
  let imported: TileSource | null = null
  const built = builtBaseMap({ cache: join(folder, 'unused') })
  const source = baseMapSource(built, { current: async () => imported, close: async () => undefined })
  expect(await source.current()).toEqual({ source: built, imported: false })
  imported = { minzoom: 0, maxzoom: 14, attribution: '审图号', layers: ['water'], version: async () => 'x', tile: async () => null }
  expect(await source.current()).toEqual({ source: imported, imported: true })
  await source.close()
})
