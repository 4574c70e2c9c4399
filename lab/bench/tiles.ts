import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GeoJSONVTTile } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import { tileAt, tileBox, type TileAddress } from '#core/geo/tiles.ts'
import { spatialTable, type SpatialRow } from '#core/geo/server/spatial.ts'
import { spatialTile } from '#core/geo/server/spatialTiles.ts'
import { tileCache } from '#core/geo/server/tileCache.ts'
import { bufferShare, layerOf } from '#core/geo/server/vectorTile.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { seeded } from '#lab/simulation/random.ts'
import { mapServer } from './mapServer.ts'
import { compare, type Compared } from './measure.ts'

/** `points`: of a tile of zoom 12–14, on average. */
export interface TileFigures { points: number; detail: Compared; gathered: Compared; warm: Compared; mapServer: Compared | null }

const layer = 'points'
/** What imported layers are served with. */
const options = { layer, cells: 64, gatherUntil: 11 }
const tilesPerZoom = 8
const atLeastMs = 250

/**
 * Tiles a second from a station's spatial table in SQLite: read, projected, encoded, not compressed. Baseline: `@maplibre/vt-pbf` encoding the
 * features of the same tiles that lie projected in memory. Below zoom 12 ours gathers them in the database; the baseline
 * encodes all of them. `warm`: from the cache, the table's version looked up each time.
 */
export async function tiles({ points, rounds }: { points: number; rounds: number }): Promise<TileFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-tiles-'))
  const database = openDatabase(join(folder, 'points.db'))
  const table = spatialTable('bench_points')
  try {
    await migrate(database, [table.migration], 0)
    const rows = settlements(points)
    for (let i = 0; i < rows.length; i += 5_000) await database.write((tx) => table.put(tx, rows.slice(i, i + 5_000)))
    const addresses = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((z) => tilesAt(rows, z))
    const [detail, gathered] = [addresses(12, 14), addresses(5, 11)]
    const make = (address: TileAddress) => spatialTile(database.read, table, address, options)
    const ready = new Map([...gathered, ...detail].map((address) => [address, { features: inTile(rows, address) } as unknown as GeoJSONVTTile]))
    const bare = (all: TileAddress[]) => () => perSecond(all, async (address) => { fromGeojsonVt({ [layer]: ready.get(address)! }, { version: 2, extent: 4096 }) })
    const cache = tileCache()
    const cached = async (address: TileAddress) => { await cache.get(`${address.z}/${address.x}/${address.y}`, await table.version(database.read), () => make(address)) }
    const other = await mapServer(folder, rows)
    try {
      return {
        points: mean(detail.map((address) => ready.get(address)!.features.length)),
        detail: await compare(rounds, () => perSecond(detail, make), bare(detail)),
        gathered: await compare(rounds, () => perSecond(gathered, make), bare(gathered)),
        warm: await compare(rounds, () => perSecond([...gathered, ...detail], cached), bare([...gathered, ...detail])),
        mapServer: other && await compare(rounds, () => perSecond(detail, make), () => perSecond(detail, other.tile)),
      }
    } finally {
      await other?.close()
    }
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All tiles again and again until it can be told how fast. */
async function perSecond(tiles: readonly TileAddress[], make: (address: TileAddress) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  for (let made = 0; ;) {
    for (const address of tiles) await make(address)
    made += tiles.length
    const took = performance.now() - started
    if (took > atLeastMs) return (made / took) * 1000
  }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Points about a hundred places, dense at the middle of each, as sites of an office are. */
function settlements(count: number): SpatialRow[] {
  const random = seeded(65)
  const places = Array.from({ length: 100 }, () => [75 + random.next() * 20, 36 + random.next() * 12] as const)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Array.from({ length: count }, (_, n) => {
    const [lon, lat] = places[n % places.length]!
    return { id: `p${n}`, geometry: { type: 'Point', coordinates: [lon + normal() * 0.05, lat + normal() * 0.05] }, properties: { name: `隐患点${n}`, kind: `${n % 12}`, risk: n % 4, area: n * 1.5 } }
  })
}

/** Tiles that have something in them. */
function tilesAt(rows: readonly SpatialRow[], z: number): TileAddress[] {
  const found = new Map<string, TileAddress>()
  for (let i = 0; i < rows.length && found.size < tilesPerZoom; i += 37) {
    const address = tileAt(placeOf(rows[i]!), z)
    found.set(`${address.x}/${address.y}`, address)
  }
  return [...found.values()]
}

function placeOf({ geometry }: SpatialRow): readonly [number, number, ...unknown[]] {
  if (geometry.type !== 'Point') throw new Error('only points are here')
  return geometry.coordinates
}

function inTile(rows: readonly SpatialRow[], address: TileAddress) {
  const [west, south, east, north] = tileBox(address, bufferShare)
  const inside = rows.filter((row) => {
    const [lon, lat] = placeOf(row)
    return lon >= west && lon <= east && lat >= south && lat <= north
  })
  return layerOf(layer, inside.map(({ id, geometry, properties }) => ({ geometry, properties: { ...properties, id } })), address).features
}
