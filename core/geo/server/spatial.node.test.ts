import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { booleanIntersects, distance as turfDistance } from '@turf/turf'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import type { Database, Db, Dialect } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { boxPolygon, type BBox } from '../bbox.ts'
import type { Geometry, Position } from '../geojson.ts'
import { withinMetres } from '../metres.ts'
import { dialectOf, propertyNumber, propertyText, spatialTable, type SpatialRow } from './spatial.ts'

const things = spatialTable('things')
const wushi: Position = [79.22, 41.21]
const akesu: Position = [80.26, 41.17]
const urumqi: Position = [87.62, 43.83]
const point = (id: string, at: Position, more: Partial<SpatialRow> = {}): SpatialRow => ({ id, geometry: { type: 'Point', coordinates: at }, properties: {}, ...more })
const square = (id: string, box: BBox): SpatialRow => ({ id, geometry: boxPolygon(box), properties: {} })
const ids = (rows: { id: string }[]) => rows.map((row) => row.id)

let cluster: PostgresCluster
let folder: string
beforeAll(async () => {
  cluster = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'fengsui-spatial-'))
})
afterAll(async () => {
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

let made = 0
const addresses: Record<Dialect, () => Promise<string>> = {
  sqlite: async () => join(folder, `spatial-${++made}.db`),
  postgres: () => cluster.url(`spatial_${++made}`),
}

describe.each(['sqlite', 'postgres'] as const)('a spatial table on %s', (dialect) => {
  const open: Database[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()))
  })
  async function fresh(...rows: SpatialRow[]): Promise<{ database: Database; read: Db; put(...rows: SpatialRow[]): Promise<void> }> {
    const database = openDatabase(await addresses[dialect]())
    open.push(database)
    await migrate(database, [things.migration], 1)
    const put = (...more: SpatialRow[]) => database.write((tx) => things.put(tx, more))
    await put(...rows)
    return { database, read: database.read, put }
  }

  test('knows which database it is on', async () => {
    const { read } = await fresh()
    expect(dialectOf(read)).toBe(dialect)
  })

  test('an empty table answers every question', async () => {
    const { read } = await fresh()
    expect(await things.inBox(read, [-180, -90, 180, 90], { limit: 10 })).toEqual([])
    expect(await things.inView(read, [-180, -90, 180, 90], 10)).toEqual([])
    expect(await things.nearest(read, wushi, 3)).toEqual([])
    expect(await things.intersects(read, boxPolygon([70, 30, 100, 50]), { limit: 10 })).toEqual([])
    expect(await things.withinDistance(read, { type: 'Point', coordinates: wushi }, 1e6, { limit: 10 })).toEqual([])
    expect(await things.count(read)).toBe(0)
    expect(await things.count(read, [70, 30, 100, 50])).toBe(0)
    expect(await things.extent(read)).toBeNull()
    expect(await things.grid(read, [-180, -90, 180, 90], { lon: 10, lat: 10 })).toEqual([])
    expect(await things.list(read, { limit: 10 })).toEqual([])
    expect(await things.get(read, 'a')).toBeUndefined()
    expect(await things.version(read)).toBe('empty')
  })

  test('what is read is what was put: geometry to the last digit, heights, properties, time and rank', async () => {
    const row: SpatialRow = {
      id: '事件/1', geometry: { type: 'LineString', coordinates: [[79.123456789012, 41.2, 1520.5], [80.1, 1 / 3]] },
      properties: { 名称: '乌什县', n: 7.1, deep: { list: [1, null, true] } }, at: 1_706_000_000_000, rank: 2,
    }
    const { read } = await fresh(row)
    expect(await things.get(read, row.id)).toEqual(row)
    expect(await things.list(read, { limit: 1 })).toEqual([row])
  })

  test('put replaces by id, remove takes away, clear empties; each gives a new version', async () => {
    const { database, read, put } = await fresh(point('a', wushi), point('b', akesu))
    const versions = [await things.version(read)]
    await put(point('a', urumqi), point('a', [88, 44]))
    versions.push(await things.version(read))
    expect((await things.get(read, 'a'))?.geometry).toEqual({ type: 'Point', coordinates: [88, 44] })
    expect(ids(await things.inBox(read, [79, 41, 79.5, 41.5], { limit: 9 }))).toEqual([])
    await database.write((tx) => things.remove(tx, ['a', 'unknown']))
    versions.push(await things.version(read))
    expect(ids(await things.list(read, { limit: 9 }))).toEqual(['b'])
    expect(ids(await things.nearest(read, urumqi, 9))).toEqual(['b'])
    await database.write((tx) => things.clear(tx))
    versions.push(await things.version(read))
    expect(await things.count(read)).toBe(0)
    expect(new Set(versions).size).toBe(4)
  })

  test('a write that fails leaves table, index and version as they were', async () => {
    const { database, read } = await fresh(point('a', wushi))
    const version = await things.version(read)
    await expect(database.write(async (tx) => {
      await things.put(tx, [point('b', wushi)])
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(ids(await things.inBox(read, [79, 41, 80, 42], { limit: 9 }))).toEqual(['a'])
    expect(await things.version(read)).toBe(version)
  })

  test('a geometry without a position is refused', async () => {
    const { put } = await fresh()
    await expect(put({ id: 'x', geometry: { type: 'MultiPoint', coordinates: [] }, properties: {} })).rejects.toThrow('without a position')
  })

  test('a shape that is not valid is stored and found like any other, and stops no question', async () => {
    const bowTie: Geometry = { type: 'Polygon', coordinates: [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]] }
    const twice: Geometry = { type: 'GeometryCollection', geometries: [boxPolygon([0, 0, 2, 2]), boxPolygon([1, 1, 3, 3])] }
    const { read } = await fresh({ id: 'bow', geometry: bowTie, properties: {} }, { id: 'twice', geometry: twice, properties: {} })
    for (const asked of [bowTie, twice, boxPolygon([0.5, 0.4, 2, 2])]) expect(ids(await things.intersects(read, asked, { limit: 9 }))).toEqual(['bow', 'twice'])
    expect(await things.count(read, [0.5, 0.4, 1.5, 1.5])).toBe(2)
    expect(ids(await things.nearest(read, [5, 5], 9))).toEqual(['twice', 'bow'])
    expect(ids(await things.withinDistance(read, twice, 10, { limit: 9 }))).toEqual(['bow', 'twice'])
  })

  test('a table may come and go at run time', async () => {
    const { database, read } = await fresh()
    const layer = spatialTable('layer_01jabc')
    await database.write(async (tx) => {
      await layer.migration.up(tx, dialect)
      await layer.put(tx, [point('a', wushi)])
    })
    expect(await layer.count(read)).toBe(1)
    await database.write((tx) => layer.drop(tx))
    await expect(layer.count(read)).rejects.toThrow()
    expect(() => spatialTable('x; drop table y')).toThrow('not a name')
  })

  test('pages come in order of id, none twice and none missing', async () => {
    const all = Array.from({ length: 25 }, (_, i) => point(`点${String(i).padStart(2, '0')}`, [79 + i / 100, 41]))
    const { read } = await fresh(...all.toReversed())
    const seen: string[] = []
    for (let after: string | undefined; ;) {
      const page = await things.inBox(read, [79, 40, 80, 42], { limit: 7, after })
      seen.push(...ids(page))
      if (page.length < 7) break
      after = page.at(-1)!.id
    }
    expect(seen).toEqual(ids(all))
  })

  test('edges count: a shape that touches the box is in it, one beside it is not', async () => {
    const { read } = await fresh(
      square('touches', [80, 41, 81, 42]), square('beside', [80.000001, 43, 81, 44]), point('corner', [80, 42]),
      // Its box meets the question's box; the triangle itself does not.
      { id: 'hollow', geometry: { type: 'Polygon', coordinates: [[[79.9, 40], [81, 40], [81, 39], [79.9, 40]]] }, properties: {} },
    )
    expect(ids(await things.inBox(read, [79, 40.5, 80, 42], { limit: 9 }))).toEqual(['corner', 'touches'])
    expect(await things.count(read, [79, 40.5, 80, 42])).toBe(2)
    expect(ids(await things.inBox(read, [79, 39, 80, 39.5], { limit: 9 }))).toEqual([])
    expect(await things.count(read, [79, 39, 80, 39.5])).toBe(0)
  })

  test('a box may cross the 180th meridian; distances run across it and over the pole', async () => {
    const { read } = await fresh(point('east', [179.9, 0]), point('west', [-179.9, 0]), point('far', [0, 0]), point('north', [10, 89.9]), point('northern', [-170, 89.9]))
    expect(ids(await things.inBox(read, [179, -1, -179, 1], { limit: 9 }))).toEqual(['east', 'west'])
    expect(await things.count(read, [179, -1, -179, 1])).toBe(2)
    const across = await things.nearest(read, [179.95, 0], 2)
    expect(ids(across)).toEqual(['east', 'west'])
    expect(across[1]?.metres).toBeCloseTo(0.15 * 111_195.08, -1)
    expect(ids(await things.withinDistance(read, { type: 'Point', coordinates: [180, 0] }, 12_000, { limit: 9 }))).toEqual(['east', 'west'])
    expect(ids(await things.withinDistance(read, { type: 'Point', coordinates: [10, 89.95] }, 20_000, { limit: 9 }))).toEqual(['north', 'northern'])
    expect(ids(await things.nearest(read, [0, 90], 2))).toEqual(['north', 'northern'])
    expect((await things.nearest(read, [0, -90], 1))[0]?.metres).toBeCloseTo(90 * 111_195.08, -2)
  })

  test('nearest: in metres, nearest first, bounded, zero inside an area', async () => {
    const { read } = await fresh(point('wushi', wushi), point('akesu', akesu), point('urumqi', urumqi), square('county', [78.5, 40.8, 79.8, 41.6]))
    const found = await things.nearest(read, [79.3, 41.21], 9)
    expect(ids(found)).toEqual(['county', 'wushi', 'akesu', 'urumqi'])
    expect(found[0]?.metres).toBe(0)
    expect(found[1]?.metres).toBeCloseTo(turfDistance([79.3, 41.21], [79.22, 41.21], { units: 'meters' }), 0)
    expect(ids(await things.nearest(read, [79.3, 41.21], 9, 10_000))).toEqual(['county', 'wushi'])
    expect(ids(await things.nearest(read, [79.3, 41.21], 1))).toEqual(['county'])
    expect(ids(await things.nearest(read, [-79, -41], 2))).toHaveLength(2)
  })

  test('within a distance of a line: a buffer without building one', async () => {
    const { read } = await fresh(point('on', [80, 41]), point('near', [80, 41.08]), point('off', [80, 41.2]), square('over', [79.5, 40.9, 79.6, 41.1]))
    const road: Geometry = { type: 'LineString', coordinates: [[79, 41], [81, 41]] }
    expect(ids(await things.withinDistance(read, road, 10_000, { limit: 9 }))).toEqual(['near', 'on', 'over'])
    expect(ids(await things.withinDistance(read, road, 0, { limit: 9 }))).toContain('over')
  })

  test('filters: time, rank and properties narrow every search', async () => {
    const { read } = await fresh(
      point('a', wushi, { at: 10, rank: 1, properties: { level: 'I', size: 3, open: true } }),
      point('b', akesu, { at: 20, rank: 2, properties: { level: 'II', size: 12, 'odd "name"': 1 } }),
      point('c', urumqi, { properties: { level: 'II' } }),
    )
    const box: BBox = [70, 30, 100, 50]
    expect(ids(await things.inBox(read, box, { limit: 9, from: 10, until: 19 }))).toEqual(['a'])
    expect(ids(await things.list(read, { limit: 9, from: 15 }))).toEqual(['b'])
    const level = propertyText(dialect, 'level')
    expect(ids(await things.inBox(read, box, { limit: 9, where: sql`${level} = ${'II'}` }))).toEqual(['b', 'c'])
    expect(ids(await things.nearest(read, wushi, 9, undefined, { where: sql`${level} = ${'II'}` }))).toEqual(['b', 'c'])
    expect(await things.count(read, box, { where: sql`${propertyNumber(dialect, 'size')} < ${10}` })).toBe(1)
    expect(await things.count(read, undefined, { where: sql`${propertyText(dialect, 'open')} = ${'true'}` })).toBe(1)
    expect(await things.count(read, undefined, { where: sql`${propertyText(dialect, 'nothing" or 1=1')} is not null` })).toBe(0)
    expect(ids(await things.list(read, { limit: 9, where: sql`east - west > ${0}` }))).toEqual([])
    expect(ids(await things.inView(read, box, 2))).toEqual(['a', 'b'])
  })

  test('a grid counts each row once, names the gravest rank, and hands over what stands alone', async () => {
    const { read } = await fresh(
      point('a', [79.1, 41.1], { rank: 3 }), point('b', [79.3, 41.3], { rank: 1 }), point('c', [81.5, 41.5]), point('d', [80, 41]), point('e', [180, 90]),
    )
    const west = await things.grid(read, [79, 41, 80, 42], { lon: 1, lat: 1 })
    expect(west).toEqual([{ lon: expect.closeTo(79.2, 9), lat: expect.closeTo(41.2, 9), count: 2, rank: 1, only: null }])
    const east = await things.grid(read, [80, 41, 82, 42], { lon: 1, lat: 1 })
    expect(new Set(east.map((cell) => cell.only?.id))).toEqual(new Set(['c', 'd']))
    expect((await things.grid(read, [-180, -90, 180, 90], { lon: 90, lat: 90 })).reduce((sum, cell) => sum + cell.count, 0)).toBe(5)
    expect(await things.grid(read, [170, 80, 180, 90], { lon: 10, lat: 10 })).toHaveLength(1)
  })

  test('agrees with a look at every row, whatever the shapes', async () => {
    const { database, read } = await fresh()
    const lon = fc.integer({ min: -12, max: 12 })
    const position = fc.tuple(lon, lon) as fc.Arbitrary<Position>
    const box = fc.tuple(lon, lon, lon, lon).filter(([a, b, c, d]) => a < c && b < d) as fc.Arbitrary<BBox>
    const triangle = fc.tuple(position, position, position).filter(([a, b, c]) => (b[0] - a[0]) * (c[1] - a[1]) !== (b[1] - a[1]) * (c[0] - a[0]))
      .map(([a, b, c]): Geometry => ({ type: 'Polygon', coordinates: [[a, b, c, a]] }))
    const lake = box.filter(([w, s, e, n]) => e - w > 4 && n - s > 4)
      .map(([w, s, e, n]): Geometry => ({ type: 'Polygon', coordinates: [...(boxPolygon([w, s, e, n]) as { coordinates: Position[][] }).coordinates, (boxPolygon([w + 2, s + 2, e - 2, n - 2]) as { coordinates: Position[][] }).coordinates[0]!.toReversed()] }))
    const geometry = fc.oneof(
      position.map((coordinates): Geometry => ({ type: 'Point', coordinates })),
      fc.array(position, { minLength: 1, maxLength: 4 }).map((coordinates): Geometry => ({ type: 'MultiPoint', coordinates })),
      fc.tuple(position, position).filter(([a, b]) => a[0] !== b[0] || a[1] !== b[1]).map((coordinates): Geometry => ({ type: 'LineString', coordinates })),
      box.map(boxPolygon), triangle, lake,
      fc.tuple(box, triangle).map(([a, b]): Geometry => ({ type: 'GeometryCollection', geometries: [boxPolygon(a), b] })),
    )
    await fc.assert(fc.asyncProperty(fc.array(geometry, { minLength: 1, maxLength: 25 }), geometry, box, position, async (geometries, asked, asking, from) => {
      const rows = geometries.map((shape, i): SpatialRow => ({ id: `r${String(i).padStart(2, '0')}`, geometry: shape, properties: {} }))
      await database.write(async (tx) => {
        await things.clear(tx)
        await things.put(tx, rows)
      })
      const meets = (a: Geometry) => ids(rows.filter((row) => booleanIntersects(row.geometry as never, a as never)))
      expect(ids(await things.intersects(read, asked, { limit: 99 }))).toEqual(meets(asked))
      expect(ids(await things.inBox(read, asking, { limit: 99 }))).toEqual(meets(boxPolygon(asking)))
      expect(await things.count(read, asking)).toBe(meets(boxPolygon(asking)).length)
      const reach = withinMetres(asked, 150_000)
      expect(ids(await things.withinDistance(read, asked, 150_000, { limit: 99 }))).toEqual(ids(rows.filter((row) => reach(row.geometry))))
      const points = rows.filter((row) => row.geometry.type === 'Point')
      const wanted = points.map((row) => ({ id: row.id, metres: turfDistance((row.geometry as { coordinates: number[] }).coordinates, from as number[], { units: 'meters' }) })).sort((a, b) => a.metres - b.metres || (a.id < b.id ? -1 : 1))
      const nearest = await things.nearest(read, from, 99, undefined, { where: sql`west = east and south = north and geometry like ${'{"type":"Point"%'}` })
      expect(nearest.map((row) => row.metres)).toEqual(wanted.map((row) => expect.closeTo(row.metres, 1)))
    }), { numRuns: dialect === 'sqlite' ? 150 : 80 })
  })

  test('10,000 rows: put in seconds, found at once, counted right', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => point(`p${i}`, [73 + (i % 100) * 0.2, 34 + Math.floor(i / 100) * 0.15], { rank: (i % 4) + 1 }))
    const { read } = await fresh(...rows)
    expect(await things.count(read)).toBe(10_000)
    expect(await things.count(read, [73, 34, 74, 35])).toBe(6 * 7)
    expect(await things.inBox(read, [73, 34, 74, 35], { limit: 10 })).toHaveLength(10)
    expect(await things.extent(read)).toEqual([73, 34, expect.closeTo(92.8, 9), expect.closeTo(48.85, 9)])
    const began = performance.now()
    for (let i = 0; i < 20; i++) expect(ids(await things.nearest(read, [73.001 + i * 0.2, 34.001], 1))).toEqual([`p${i}`])
    expect(performance.now() - began).toBeLessThan(5_000)
    expect((await things.grid(read, [-180, -90, 180, 90], { lon: 5, lat: 5 })).reduce((sum, cell) => sum + cell.count, 0)).toBe(10_000)
  })
})
