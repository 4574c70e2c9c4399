import { readdir } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baseArchive, importedBaseMap, keepBaseArchive, openTileArchive, removeBaseArchive } from './tileArchive.ts'
import { makeMbtiles, makePmtiles, testTiles } from './testTiles.ts'
import { collection, importBench, point, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const never = new AbortController().signal
const keep = (path: string, folder: string, signal = never) => keepBaseArchive(path, folder, { sourceName: path.split('/').at(-1) as string, now: 1_700_000_000_000, signal })

describe.each([
  ['pmtiles', async () => bench.write('ok.pmtiles', makePmtiles())],
  ['mbtiles', async () => { makeMbtiles(bench.path('ok.mbtiles')); return bench.path('ok.mbtiles') }],
  ['mbtiles', async () => { makeMbtiles(bench.path('view.mbtiles'), { form: 'view' }); return bench.path('view.mbtiles') }],
] as const)('%s', (_ending, make) => {
  test('gives its tiles as they are, and says what it is', async () => {
    const tiles = await openTileArchive(await make())
    expect(tiles).toMatchObject({ minzoom: 0, maxzoom: 2, bounds: [73, 34, 97, 50], layers: ['land', 'water'], attribution: '测绘院' })
    for (const [z, x, y] of testTiles) {
      const tile = await tiles.tile(z, x, y)
      expect(tile?.gzip).toBe(true)
      expect(gunzipSync(tile?.bytes ?? Buffer.alloc(0)).toString()).toBe(`tile ${z}/${x}/${y}`)
    }
    expect(await tiles.tile(2, 0, 0)).toBeNull()
    await tiles.close?.()
  })
})

test('MBTiles that GDAL makes are read', async () => {
  await bench.write('p.geojson', collection([point(80, 41, { name: '乌什' }), point(87, 43)]))
  await bench.ogr('ogr2ogr', '-f', 'MBTILES', 'gdal.mbtiles', 'p.geojson', '-dsco', 'MAXZOOM=4', '-nln', 'place')
  const tiles = await openTileArchive(bench.path('gdal.mbtiles'))
  expect(tiles).toMatchObject({ minzoom: 0, maxzoom: 4, layers: ['place'] })
  expect((await tiles.tile(0, 0, 0))?.bytes.length).toBeGreaterThan(20)
  await tiles.close?.()
})

test.each<[string, () => Buffer, string]>([
  ['pictures', () => makePmtiles({ tileType: 2 }), 'import.tiles-raster'],
  ['version 2', () => makePmtiles({ version: 2 }), 'import.pmtiles-version'],
  ['half of it', () => makePmtiles().subarray(0, 200), 'import.truncated'],
  ['words', () => Buffer.from('hello, no tiles here'), 'import.not-pmtiles'],
  ['a directory that unpacks to a gigabyte', () => makePmtiles({ directory: gzipSync(Buffer.alloc(200 * 1024 * 1024)) }), 'import.pmtiles-damaged'],
  ['metadata that unpack to a gigabyte', () => makePmtiles({ metadata: gzipSync(Buffer.alloc(200 * 1024 * 1024)) }), 'import.pmtiles-damaged'],
  ['an empty directory', () => makePmtiles({ directory: gzipSync(Buffer.from([0])) }), 'import.tiles-none'],
])('PMTiles: %s: refused', async (_name, bytes, code) => {
  expect((await refusalOf(openTileArchive(await bench.write('bad.pmtiles', bytes())))).code).toBe(code)
})

test.each<[string, Parameters<typeof makeMbtiles>[1], string]>([
  ['pictures', { format: 'png' }, 'import.tiles-raster'],
  ['no index', { index: false }, 'import.mbtiles-index'],
  ['no tiles', { more: ['delete from tiles'] }, 'import.tiles-none'],
  ['a view of its own making', { more: ['drop table tiles', `create view tiles as with recursive n(i) as (select 1 union all select i + 1 from n) select i as zoom_level, 0 as tile_column, 0 as tile_row, x'00' as tile_data from n`] }, 'import.not-mbtiles'],
  ['metadata that are a view', { more: ['drop table metadata', `create view metadata as select 'format' as name, 'pbf' as value`] }, 'import.not-mbtiles'],
  ['impossible zooms', { more: [`update metadata set value = '99' where name = 'maxzoom'`] }, 'import.mbtiles-damaged'],
  ['a tile of ten megabytes', { more: ['update tiles set tile_data = zeroblob(10000000)'] }, 'import.mbtiles-damaged'],
])('MBTiles: %s: refused', async (_name, options, code) => {
  makeMbtiles(bench.path('bad.mbtiles'), options)
  expect((await refusalOf(openTileArchive(bench.path('bad.mbtiles')))).code).toBe(code)
})

describe('as the base map of a station', () => {
  test('is copied whole, noticed by who has it open, replaced, and taken away again', async () => {
    const folder = bench.path('station')
    const base = importedBaseMap(folder)
    expect(await base.current()).toBeNull()
    const first = await keep(await bench.write('one.pmtiles', makePmtiles()), folder)
    expect(first).toMatchObject({ sourceName: 'one.pmtiles', format: 'PMTiles', minzoom: 0, maxzoom: 2, layers: ['land', 'water'] })
    const tile = await (await base.current())?.tile(0, 0, 0)
    expect(gunzipSync(tile?.bytes ?? Buffer.alloc(0)).toString()).toBe('tile 0/0/0')

    makeMbtiles(bench.path('two.mbtiles'))
    await keep(bench.path('two.mbtiles'), folder)
    expect((await readdir(`${folder}/basemap`)).sort()).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.mbtiles$/), 'basemap.json'])
    expect(await (await base.current())?.tile(1, 1, 0)).toMatchObject({ gzip: true })

    expect(await removeBaseArchive(folder)).toBe(true)
    expect(await base.current()).toBeNull()
    expect(await readdir(`${folder}/basemap`)).toEqual([])
    expect(await removeBaseArchive(folder)).toBe(false)
    await base.close()
  })

  test('a bad file and a cancelled copy leave the old one and nothing else', async () => {
    const folder = bench.path('steady')
    await keep(await bench.write('good.pmtiles', makePmtiles()), folder)
    const before = await readdir(`${folder}/basemap`)
    expect((await refusalOf(keep(await bench.write('worse.pmtiles', makePmtiles().subarray(0, 150)), folder))).code).toMatch(/^import\.(truncated|pmtiles-damaged)$/)
    const stop = new Error('stopped')
    await expect(keep(await bench.write('other.pmtiles', Buffer.concat([makePmtiles(), Buffer.alloc(5)])), folder, AbortSignal.abort(stop))).rejects.toBe(stop)
    expect(await readdir(`${folder}/basemap`)).toEqual(before)
    expect((await baseArchive(folder))?.sourceName).toBe('good.pmtiles')
  })
})
