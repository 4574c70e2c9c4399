import { readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collection, feature, importAll, importBench, placeOf, point, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const shapes = [
  point(80.1, 41.2, { name: '乌什县人民医院', beds: 120, share: 0.25, big: 9007199254740000, open: true }),
  feature({ type: 'Polygon', coordinates: [[[80, 40], [82, 40], [82, 42], [80, 42], [80, 40]], [[80.5, 40.5], [80.5, 41], [81, 41], [81, 40.5], [80.5, 40.5]]] }, { name: '带洞' }),
  feature({ type: 'MultiLineString', coordinates: [[[80, 41], [81, 42]], [[82, 41], [83, 42]]] }, { name: '路' }),
  feature({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [80, 41] }, { type: 'LineString', coordinates: [[80, 41], [81, 42]] }] }, { name: '集合' }),
  feature(null, { name: '空' }),
]

let count = 0
/** GDAL makes a GeoPackage; then somebody may meddle with it. */
async function geopackage(meddle: string[] = [], ...more: string[]): Promise<string> {
  const name = `g${++count}`
  await bench.write(`${name}.geojson`, collection(shapes))
  await bench.ogr('ogr2ogr', '-f', 'GPKG', `${name}.gpkg`, `${name}.geojson`, '-nln', 'things', '-nlt', 'GEOMETRY', '-a_srs', 'EPSG:4490', ...more)
  if (meddle.length > 0) {
    const db = new DatabaseSync(bench.path(`${name}.gpkg`), { enableForeignKeyConstraints: false })
    // What GDAL's triggers call is not known here.
    for (const f of ['ST_IsEmpty', 'ST_MinX', 'ST_MaxX', 'ST_MinY', 'ST_MaxY']) db.function(f, { varargs: true }, () => 0)
    for (const sql of meddle) db.exec(sql)
    db.close()
  }
  return bench.path(`${name}.gpkg`)
}

test('a GeoPackage that GDAL wrote is read as GDAL had it', async () => {
  const path = await geopackage()
  const before = await readFile(path)
  const { rows, report } = await importAll(path)
  expect(rows.map((row) => row.geometry)).toEqual(shapes.slice(0, 4).map((f) => f.geometry))
  expect(rows[0]?.properties).toMatchObject({ name: '乌什县人民医院', beds: 120, share: 0.25, big: 9007199254740000, open: true })
  expect(report).toMatchObject({ format: 'GeoPackage', layer: 'things', crs: 'EPSG:4490 CGCS2000', kind: 'mixed', faults: { 'empty-geometry': 1 } })
  expect((await readFile(path)).equals(before)).toBe(true)
})

test('projected coordinates are brought into degrees by its srs_id', async () => {
  const { rows, report } = await importAll(await geopackage([], '-t_srs', 'EPSG:4527', '-where', "name = '乌什县人民医院'"))
  expect(report.crs).toContain('4527')
  expect(placeOf(rows[0]).map((n) => n.toFixed(6))).toEqual(['80.100000', '41.200000'])
})

test('several layers: which one is asked, and named', async () => {
  const path = await geopackage()
  await bench.write('second.geojson', collection([point(81, 41, { name: '二' })]))
  await bench.ogr('ogr2ogr', '-f', 'GPKG', '-update', path, 'second.geojson', '-nln', '第二层 "x"')
  const refusal = await refusalOf(importAll(path))
  expect(refusal.code).toBe('import.layer-choose')
  expect(refusal.sentence.zh).toContain('第二层 "x"')
  expect((await importAll(path, { layer: '第二层 "x"' })).rows[0]?.properties.name).toBe('二')
})

describe('a GeoPackage is data, never a program', () => {
  test('triggers and indexes with expressions stay asleep; the file is not written', async () => {
    const path = await geopackage([
      'create table loot (what text)',
      'create trigger spy after insert on things begin insert into loot values (new.name); end',
      'create index sly on things (abs(beds))',
    ])
    const before = await readFile(path)
    expect((await importAll(path)).rows).toHaveLength(4)
    expect((await readFile(path)).equals(before)).toBe(true)
  })

  test('a view in the place of a table is not looked into', async () => {
    const path = await geopackage([
      'alter table things rename to hidden',
      `create view things as with recursive n(i) as (select 1 union all select i + 1 from n) select i as fid, null as geom, 'x' as name from n`,
    ])
    expect((await refusalOf(importAll(path))).code).toBe('import.gpkg-empty')
  })

  test('views in the place of the catalogue itself neither', async () => {
    const path = await geopackage([
      'alter table gpkg_contents rename to hidden',
      'create view gpkg_contents as with recursive n(i) as (select 1 union all select i + 1 from n) select i as table_name, i as data_type from n',
    ])
    expect((await refusalOf(importAll(path))).code).toBe('import.not-gpkg')
  })

  test('generated columns, which would run the file’s own expressions, are left out', async () => {
    const path = await geopackage([`alter table things add column bomb text generated always as (printf('%.*c', 900000000, 'x')) virtual`])
    const { rows } = await importAll(path)
    expect(rows).toHaveLength(4)
    expect(rows[0]?.properties).not.toHaveProperty('bomb')
  })

  test('names of columns and tables are names, whatever they contain', async () => {
    const path = await geopackage([`alter table things add column "a"";drop table things;--" text`, `update things set "a"";drop table things;--" = 'ok'`])
    expect((await importAll(path)).rows[0]?.properties['a";drop table things;--']).toBe('ok')
  })

  test('a table name that claims to be the catalogue or an index is not taken', async () => {
    const path = await geopackage([`update gpkg_geometry_columns set table_name = 'sqlite_master'`, `update gpkg_contents set table_name = 'sqlite_master'`])
    expect((await refusalOf(importAll(path))).code).toBe('import.gpkg-empty')
  })

  test('bytes among the attributes are left out, enormous text is cut, enormous geometry is passed over', async () => {
    const path = await geopackage([
      'alter table things add column photo blob', 'update things set photo = zeroblob(50000000) where fid = 1',
      `update things set name = replace(hex(zeroblob(20000000)), '00', '烽') where fid = 2`,
      'update things set geom = zeroblob(60000000) where fid = 3',
    ])
    const { rows, report } = await importAll(path)
    expect(rows[0]?.properties).not.toHaveProperty('photo')
    expect(String(rows[1]?.properties.name).length).toBeLessThanOrEqual(8000)
    expect(report.examples.find((e) => e.feature === 3)).toMatchObject({ fault: 'unreadable', detail: expect.stringContaining('60000000') })
  })

  test('a geometry of text or of nonsense is passed over and named', async () => {
    const path = await geopackage([`update things set geom = 'POINT(80 41)' where fid = 1`, `update things set geom = x'47500001' where fid = 2`])
    const { report } = await importAll(path)
    expect(report.faults).toMatchObject({ unreadable: 2 })
  })
})

describe('no GeoPackage', () => {
  test('another SQLite file, another file of that name, half a file, a file being written', async () => {
    const db = new DatabaseSync(bench.path('plain.gpkg'))
    db.exec('create table t (x)')
    db.close()
    expect((await refusalOf(importAll(bench.path('plain.gpkg')))).code).toBe('import.not-gpkg')
    expect((await refusalOf(importAll(await bench.write('words.gpkg', 'not a database')))).code).toBe('import.not-gpkg')
    const whole = await readFile(await geopackage())
    const half = await bench.write('half.gpkg', whole.subarray(0, whole.length / 2))
    expect((await refusalOf(importAll(half))).code).toMatch(/^import\.(sqlite-damaged|not-gpkg|gpkg-empty)$/)
    const busy = await geopackage()
    await writeFile(`${busy}-wal`, 'x')
    expect((await refusalOf(importAll(busy))).code).toBe('import.file-in-use')
  })
})
