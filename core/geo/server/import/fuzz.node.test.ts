import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRefusal } from '#core/kernel/index.ts'
import { openTileArchive } from './tileArchive.ts'
import { makeMbtiles, makePmtiles } from './testTiles.ts'
import { collection, feature, importAll, importBench, point } from './testImport.ts'

// Each reader is given its own honest file with bytes changed, cut out, doubled or put in, and files of chance alone:
// it imports what it can or refuses in words of ours; it never throws anything else, and never takes long.

const runs = Number(process.env.FUZZ_RUNS ?? 120)
const longest = 5_000

let bench: Awaited<ReturnType<typeof importBench>>
const honest: Record<string, Buffer> = {}

beforeAll(async () => {
  bench = await importBench()
  await bench.write('a.geojson', collection([
    point(80, 41, { name: '乌什', n: 1 }), feature({ type: 'Polygon', coordinates: [[[80, 40], [82, 40], [82, 42], [80, 42], [80, 40]]] }, { name: '面' }),
    feature({ type: 'MultiLineString', coordinates: [[[80, 41], [81, 42]], [[82, 41], [83, 42]]] }, { name: '路' }),
  ], { crs: { type: 'name', properties: { name: 'EPSG:4490' } } }))
  await bench.ogr('ogr2ogr', '-f', 'GPKG', 'a.gpkg', 'a.geojson', '-nlt', 'GEOMETRY')
  await bench.ogr('ogr2ogr', '-f', 'ESRI Shapefile', 'a.shp', 'a.geojson', '-where', "name = '面'", '-lco', 'ENCODING=GBK')
  execFileSync('zip', ['-q', 'a.zip', 'a.shp', 'a.dbf', 'a.shx', 'a.prj', 'a.cpg'], { cwd: bench.folder })
  await bench.write('a.csv', '名称,经度,纬度\n"乌,什",79,41\n阿克苏,80,41\n')
  makeMbtiles(bench.path('a.mbtiles'))
  await bench.write('a.pmtiles', makePmtiles())
  for (const name of ['geojson', 'gpkg', 'shp', 'dbf', 'prj', 'zip', 'csv', 'mbtiles', 'pmtiles']) honest[name] = await readFile(bench.path(`a.${name}`))
})
afterAll(() => bench.remove())

/** One change to a file; several make a case. */
const change = fc.record({
  kind: fc.constantFrom('set', 'cut', 'end', 'double', 'insert', 'ones', 'zero'), at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 1, max: 64 }), byte: fc.nat(255),
})

function changed(bytes: Buffer, changes: { kind: string; at: number; length: number; byte: number }[]): Buffer {
  return changes.reduce((file, { kind, at, length, byte }) => {
    const from = Math.floor(at * Math.max(0, file.length - 1))
    const [before, piece, after] = [file.subarray(0, from), file.subarray(from, from + length), file.subarray(from + length)]
    switch (kind) {
      case 'cut': return Buffer.concat([before, after])
      case 'end': return Buffer.from(before)
      case 'double': return Buffer.concat([before, piece, piece, after])
      case 'insert': return Buffer.concat([before, Buffer.alloc(length, byte), piece, after])
      case 'ones': return Buffer.concat([before, Buffer.alloc(Math.min(4, piece.length), 255), file.subarray(from + Math.min(4, piece.length))])
      case 'zero': return Buffer.concat([before, Buffer.alloc(piece.length), after])
      default: {
        const copy = Buffer.from(file)
        if (copy.length > 0) copy[from] = byte
        return copy
      }
    }
  }, bytes)
}

/** Headers are where lies live: half of all changes go there. */
const changes = fc.array(fc.oneof(change, change.map((c) => ({ ...c, at: c.at * 0.05 }))), { minLength: 1, maxLength: 6 })

async function endsWell(work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  try {
    await work()
  } catch (fault) {
    if (!isRefusal(fault)) throw fault
    expect(fault.sentence.zh.length).toBeGreaterThan(4)
  }
  expect(performance.now() - begun).toBeLessThan(longest)
}

test.each(['geojson', 'gpkg', 'shp', 'zip', 'csv'])('.%s with changes', async (ending) => {
  await fc.assert(fc.asyncProperty(changes, async (list) => {
    const path = await bench.write(`fuzzed.${ending}`, changed(honest[ending] as Buffer, list))
    await endsWell(() => importAll(path))
  }), { numRuns: runs })
}, 180_000)

test.each(['dbf', 'prj'])('.%s beside a sound .shp, with changes', async (ending) => {
  for (const name of ['shp', 'dbf', 'prj']) await writeFile(bench.path(`beside.${name}`), honest[name] as Buffer)
  await fc.assert(fc.asyncProperty(changes, async (list) => {
    await writeFile(bench.path(`beside.${ending}`), changed(honest[ending] as Buffer, list))
    await endsWell(() => importAll(bench.path('beside.shp')))
  }), { numRuns: runs })
}, 180_000)

test.each(['mbtiles', 'pmtiles'])('.%s with changes', async (ending) => {
  await fc.assert(fc.asyncProperty(changes, async (list) => {
    const path = await bench.write(`fuzzed.${ending}`, changed(honest[ending] as Buffer, list))
    await endsWell(async () => {
      const tiles = await openTileArchive(path)
      try {
        for (const [z, x, y] of [[0, 0, 0], [1, 1, 0], [2, 3, 1]] as const) await tiles.tile(z, x, y)
      } finally {
        await tiles.close?.()
      }
    })
  }), { numRuns: runs })
}, 180_000)

test.each(['geojson', 'gpkg', 'shp', 'zip', 'csv', 'geojsonl', 'xyz'])('bytes of chance named .%s', async (ending) => {
  const magic = fc.constantFrom('', '{', '[', 'PK\u0003\u0004', 'SQLite format 3\0', '\0\0\u0027\u000a', 'lon,lat\n', '{"type":"FeatureCollection","features":[')
  await fc.assert(fc.asyncProperty(magic, fc.uint8Array({ maxLength: 400 }), async (start, bytes) => {
    const path = await bench.write(`chance.${ending}`, Buffer.concat([Buffer.from(start, 'latin1'), bytes]))
    await endsWell(() => importAll(path))
  }), { numRuns: runs })
}, 180_000)
