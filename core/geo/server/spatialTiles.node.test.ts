import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { boxPolygon } from '../bbox.ts'
import type { Position } from '../geojson.ts'
import { tileAt, type TileAddress } from '../tiles.ts'
import { spatialTable, type SpatialRow } from './spatial.ts'
import { spatialTile } from './spatialTiles.ts'
import { tileCache } from './tileCache.ts'

const points = spatialTable('points')
const shapes = spatialTable('shapes')
const many = 20_000

const read = (bytes: Uint8Array, layer = 'x') => {
  const found = new VectorTile(new PbfReader(bytes)).layers[layer]
  return Array.from({ length: found?.length ?? 0 }, (_, i) => found!.feature(i).properties)
}
const counted = (features: Record<string, unknown>[]) => features.reduce((sum, feature) => sum + (typeof feature.point_count === 'number' ? feature.point_count : 1), 0)

let cluster: PostgresCluster
let folder: string
const open: Database[] = []
beforeAll(async () => {
  cluster = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'fengsui-tiles-'))
})
afterAll(async () => {
  await Promise.all(open.map((database) => database.close()))
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.each(['sqlite', 'postgres'] as const)('tiles of a live table on %s', (dialect) => {
  let database: Database
  beforeAll(async () => {
    database = openDatabase(dialect === 'sqlite' ? join(folder, 'tiles.db') : await cluster.url('tiles'))
    open.push(database)
    await migrate(database, [points.migration, shapes.migration], 1)
    const scattered = Array.from({ length: many }, (_, i): SpatialRow => ({
      id: `p${i}`, geometry: { type: 'Point', coordinates: [73 + ((i * 7919) % 23_000) / 1000, 34 + ((i * 104_729) % 15_000) / 1000] }, properties: { title: `乌什县 ${i}` }, rank: 1 + (i % 4),
    }))
    await database.write((tx) => points.put(tx, scattered))
  })
  const tile = (address: TileAddress, more = {}) => spatialTile(database.read, points, address, { layer: 'x', ...more })

  test('at every zoom the clusters of all tiles count each point once', async () => {
    for (const z of [0, 2, 4, 6]) {
      let sum = 0
      for (let x = 0; x < 2 ** z; x++) {
        for (let y = 0; y < 2 ** z; y++) sum += counted(read(await tile({ z, x, y })))
      }
      expect(sum, `zoom ${z}`).toBe(many)
    }
  })

  test('a tile of all of them is small; a cluster says how many and the gravest rank', async () => {
    const bytes = await tile({ z: 3, x: 5, y: 2 }, { clusterProperties: ({ rank }: { rank: number }) => ({ rank }) })
    const features = read(bytes)
    expect(features.length).toBeLessThanOrEqual(64)
    expect(features).toContainEqual({ cluster: true, point_count: expect.any(Number), rank: 1 })
    expect(bytes.length).toBeLessThan(5_000)
  })

  test('near enough every point stands alone with all it says', async () => {
    const row = (await points.get(database.read, 'p1234'))!
    const features = read(await tile(tileAt((row.geometry as { coordinates: Position }).coordinates, 13)))
    expect(features).toContainEqual({ id: 'p1234', title: '乌什县 1234' })
    expect(features.some((feature) => feature.cluster)).toBe(false)
  })

  test('what does not fit is left out, the least important first, and bytes are bounded', async () => {
    const all = { gatherUntil: -1, maxFeatures: 500, propertiesOf: (found: SpatialRow) => ({ rank: found.rank }) }
    const features = read(await tile({ z: 2, x: 2, y: 1 }, all))
    expect(features).toHaveLength(500)
    expect(features.every((feature) => feature.rank === 1)).toBe(true)
    expect((await tile({ z: 2, x: 2, y: 1 }, { gatherUntil: -1, maxBytes: 20_000 })).length).toBeLessThanOrEqual(20_000)
    expect(await tile({ z: 2, x: 0, y: 0 })).toHaveLength(0)
  })

  test('shapes too small to be seen are left out; larger ones are clipped to the tile', async () => {
    await database.write((tx) => shapes.put(tx, [
      { id: 'house', geometry: boxPolygon([79.2, 41.2, 79.2001, 41.2001]), properties: {} },
      { id: 'county', geometry: boxPolygon([78.5, 40.8, 79.8, 41.6]), properties: { name: '乌什县' } },
    ]))
    const at = async (z: number) => read(await spatialTile(database.read, shapes, tileAt([79.2, 41.2], z), { layer: 'x' })).map((feature) => feature.id)
    expect(await at(5)).toEqual(['county'])
    expect(new Set(await at(15))).toEqual(new Set(['county', 'house']))
  })
})

describe('keeping tiles', () => {
  const bytes = (n: number) => new Uint8Array(n).map((_, i) => (i * 7919) % 251)

  test('one making for all who ask at once; made again for another version only', async () => {
    const cache = tileCache()
    let made = 0
    const make = async () => { made++; return bytes(10_000) }
    const [one, two] = await Promise.all([cache.get('a', '1', make), cache.get('a', '1', make)])
    expect(one).toBe(two)
    expect(one.gzip && gunzipSync(one.bytes).length).toBe(10_000)
    await cache.get('a', '1', make)
    expect(made).toBe(1)
    await cache.get('a', '2', make)
    expect(made).toBe(2)
  })

  test('what has not been asked for the longest goes first; a failed making is tried again', async () => {
    const cache = tileCache(3_000)
    const made: string[] = []
    const ask = (name: string) => cache.get(name, '1', async () => { made.push(name); return bytes(500) })
    for (const name of ['a', 'b', 'c']) await ask(name)
    await ask('a')
    await ask('d')
    await ask('e')
    made.length = 0
    await ask('a')
    await ask('b')
    expect(made).toEqual(['b'])
    await expect(cache.get('x', '1', async () => { throw new Error('no') })).rejects.toThrow('no')
    expect((await cache.get('x', '1', async () => bytes(4))).gzip).toBe(false)
  })
})
