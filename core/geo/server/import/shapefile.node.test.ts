import * as fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal } from '#core/kernel/index.ts'
import { readDbfHeader, readDbfNumber, readDbfValue } from './dbf.ts'
import { readShape } from './shp.ts'
import { collection, feature, importAll, importBench, placeOf, point, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const hole = [[80.5, 40.5], [80.5, 41], [81, 41], [81, 40.5], [80.5, 40.5]]
const square = (x: number, y: number, size = 2) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
const shapes = {
  points: [point(80.1, 41.2, { name: '乌什县人民医院', beds: 120, share: 0.25 }), point(80.2, 41.3, { name: '阿克苏消防', beds: 7, share: -1e-3 })],
  lines: [feature({ type: 'LineString', coordinates: [[80, 41], [81, 42]] }, { name: '国道' }), feature({ type: 'MultiLineString', coordinates: [[[80, 41], [81, 42]], [[82, 41], [83, 42]]] }, { name: '省道' })],
  polygons: [
    feature({ type: 'Polygon', coordinates: [square(80, 40), hole] }, { name: '带洞' }),
    feature({ type: 'MultiPolygon', coordinates: [[square(84, 40), [[84.5, 40.5], [84.5, 41], [85, 41], [85, 40.5], [84.5, 40.5]]], [square(88, 40)], [square(84.6, 40.6, 0.2)]] }, { name: '飞地' }),
  ],
}

/** GDAL makes the Shapefile from GeoJSON. */
async function shapefile(name: keyof typeof shapes, stem: string, ...more: string[]): Promise<string> {
  await bench.write(`${stem}.geojson`, collection(shapes[name]))
  await bench.ogr('ogr2ogr', '-f', 'ESRI Shapefile', `${stem}.shp`, `${stem}.geojson`, '-overwrite', '-a_srs', 'EPSG:4490', ...(more.some((m) => m.startsWith('ENCODING')) ? [] : ['-lco', 'ENCODING=UTF-8']), ...more)
  return bench.path(`${stem}.shp`)
}

describe('a Shapefile that GDAL wrote is read as GDAL had it', () => {
  test.each(Object.keys(shapes) as (keyof typeof shapes)[])('%s', async (name) => {
    const { rows, report } = await importAll(await shapefile(name, `whole-${name}`))
    expect(rows.map((row) => row.properties)).toEqual(shapes[name].map((f) => f.properties))
    const parts = (geometry: unknown) => JSON.stringify(geometry).match(/\[[\d.]+,[\d.]+\]/g)?.sort()
    expect(rows.map((row) => parts(row.geometry))).toEqual(shapes[name].map((f) => parts(f.geometry)))
    expect(rows.map((row) => row.geometry.type)).toEqual(shapes[name].map((f) => (f.geometry as { type: string }).type))
    expect(report).toMatchObject({ format: 'Shapefile', faults: {}, crs: 'EPSG:4490 CGCS2000' })
  })

  test('holes stay with the polygon they are in, islands in holes are polygons', async () => {
    const { rows } = await importAll(await shapefile('polygons', 'holes'))
    const polygons = rows[1]?.geometry.type === 'MultiPolygon' ? rows[1].geometry.coordinates : []
    expect(polygons.map((rings) => rings.length).sort((a, b) => a - b)).toEqual([1, 1, 2])
  })

  test('heights are kept, measures are not heights', async () => {
    await bench.write('z.geojson', collection([feature({ type: 'LineString', coordinates: [[80, 41, 1000], [81, 42, 1200]] }, { a: 1 })]))
    for (const [kind, wanted] of [['LineStringZ', [[80, 41, 1000], [81, 42, 1200]]], ['LineStringM', [[80, 41], [81, 42]]]] as const) {
      await bench.ogr('ogr2ogr', '-f', 'ESRI Shapefile', 'z.shp', 'z.geojson', '-overwrite', '-lco', `SHPT=${kind === 'LineStringZ' ? 'ARCZ' : 'ARCM'}`)
      expect((await importAll(bench.path('z.shp'))).rows[0]?.geometry).toEqual({ type: 'LineString', coordinates: wanted })
    }
  })

  test('a projected one is brought into degrees by its .prj', async () => {
    const { rows, report } = await importAll(await shapefile('points', 'gk', '-a_srs', 'EPSG:4490', '-t_srs', 'EPSG:4515'))
    expect(report.crs).toMatch(/GK|4515|Gauss/)
    expect(rows.map((row) => placeOf(row).map((n) => n.toFixed(6)))).toEqual([['80.100000', '41.200000'], ['80.200000', '41.300000']])
  })
})

describe('encoding of the attributes', () => {
  const first = async (path: string, encoding?: string) => {
    const { rows, report } = await importAll(path, encoding ? { encoding } : {})
    return { name: rows[0]?.properties.name, encoding: report.encoding, notes: report.notes.map((n) => n.en).join() }
  }

  test('by .cpg: UTF-8, GBK', async () => {
    expect(await first(await shapefile('points', 'u8', '-lco', 'ENCODING=UTF-8'))).toMatchObject({ name: '乌什县人民医院', encoding: 'utf-8', notes: '' })
    expect(await first(await shapefile('points', 'gbk', '-lco', 'ENCODING=GBK'))).toMatchObject({ name: '乌什县人民医院', encoding: 'gb18030', notes: '' })
  })

  test('without .cpg it is seen from the bytes, and said', async () => {
    const u8 = await shapefile('points', 'u8-bare', '-lco', 'ENCODING=UTF-8')
    await rm(bench.path('u8-bare.cpg'))
    expect(await first(u8)).toMatchObject({ name: '乌什县人民医院', encoding: 'utf-8', notes: expect.stringContaining('read as UTF-8') })
    const gbk = await shapefile('points', 'gbk-bare', '-lco', 'ENCODING=GBK')
    await rm(bench.path('gbk-bare.cpg'))
    expect(await first(gbk)).toMatchObject({ name: '乌什县人民医院', encoding: 'gb18030', notes: expect.stringContaining('read as GBK') })
  })

  test('a .cpg that the bytes contradict is not believed; the operator is', async () => {
    const path = await shapefile('points', 'liar', '-lco', 'ENCODING=GBK')
    await writeFile(bench.path('liar.cpg'), 'UTF-8')
    expect(await first(path)).toMatchObject({ name: '乌什县人民医院', encoding: 'gb18030', notes: expect.stringContaining('The .cpg says UTF-8') })
    expect((await first(path, 'gbk')).name).toBe('乌什县人民医院')
    expect((await first(path, 'big5')).name).not.toBe('乌什县人民医院')
  })

  test('the names of columns too', async () => {
    await bench.write('cols.geojson', collection([point(80, 41, { 名称: '库车' })]))
    await bench.ogr('ogr2ogr', '-f', 'ESRI Shapefile', 'cols.shp', 'cols.geojson', '-lco', 'ENCODING=GBK')
    await rm(bench.path('cols.cpg'))
    expect((await importAll(bench.path('cols.shp'))).rows[0]?.properties).toEqual({ 名称: '库车' })
  })
})

describe('what is not whole', () => {
  test('without .dbf there are no attributes, without .prj degrees are assumed: both said', async () => {
    const path = await shapefile('points', 'bare')
    await rm(bench.path('bare.dbf'))
    await rm(bench.path('bare.prj'))
    const { rows, report } = await importAll(path)
    expect(rows.map((row) => row.properties)).toEqual([{}, {}])
    expect(report.notes.map((n) => n.en)).toEqual([expect.stringContaining('no .dbf'), expect.stringContaining('no .prj')])
  })

  test('a .shp cut off, a wrong header, a part of one: refused', async () => {
    const path = await shapefile('polygons', 'cut')
    await truncate(path, 200)
    expect((await refusalOf(importAll(path))).code).toBe('import.truncated')
    await writeFile(path, 'no shapefile at all, though it is named so, and long enough to have a header of a hundred bytes, which it has not')
    expect((await refusalOf(importAll(path))).code).toBe('import.not-shapefile')
    expect((await refusalOf(importAll(bench.path('cut.dbf')))).code).toBe('import.shp-part')
    const dbf = await shapefile('points', 'baddbf')
    await writeFile(bench.path('baddbf.dbf'), Buffer.alloc(64, 0xff))
    expect((await refusalOf(importAll(dbf))).code).toBe('import.dbf-damaged')
  })

  test('in capitals', async () => {
    const path = await shapefile('points', 'small')
    for (const ending of ['shp', 'dbf', 'prj', 'cpg']) await copyFile(path.replace('.shp', `.${ending}`), bench.path(`CAPITALS.${ending.toUpperCase()}`))
    expect((await importAll(bench.path('CAPITALS.SHP'))).rows[0]?.properties.name).toBe('乌什县人民医院')
  })

  test('one record of nonsense is passed over and named', async () => {
    const path = await shapefile('lines', 'nonsense')
    const bytes = await readFile(path)
    bytes.writeInt32LE(1_000_000, 108 + 36)
    await writeFile(path, bytes)
    const { rows, report } = await importAll(path)
    expect(rows).toHaveLength(1)
    expect(report.examples).toEqual([{ feature: 1, fault: 'unreadable', detail: expect.stringContaining('1000000') }])
  })
})

test('zipped: the files are found in folders, under Chinese names', async () => {
  await shapefile('points', '医院', '-lco', 'ENCODING=GBK')
  execFileSync('zip', ['-q', 'hospitals.zip', '医院.shp', '医院.shx', '医院.dbf', '医院.prj', '医院.cpg'], { cwd: bench.folder })
  const { rows, report } = await importAll(bench.path('hospitals.zip'))
  expect(rows[0]?.properties.name).toBe('乌什县人民医院')
  expect(report.crs).toBe('EPSG:4490 CGCS2000')
})

describe('values of a dBASE table', () => {
  test('every number that JavaScript writes is read again; blanks, asterisks and words are none', () => {
    fc.assert(fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger(), fc.constantFrom(1e20, -1e20, 2 ** 53, 1e21, 5e-324)), fc.nat(5), fc.nat(5), (value, before, after) => {
      const text = String(value)
      // 100000000000000000000 has more digits than a number keeps.
      const wanted = /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : Number(text)
      expect(readDbfNumber(' '.repeat(before) + text + ' '.repeat(after))).toBe(wanted)
    }))
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 0, max: 10 }), (value, decimals) => {
      expect(readDbfNumber((value / 1000).toFixed(decimals).padStart(20))).toBeCloseTo(Number((value / 1000).toFixed(decimals)), 10)
    }))
    for (const none of ['', '    ', '********', 'abc', '1,5', '0x10', 'Infinity', 'NaN', '1e999', '--1', '.', '\0\0\0']) expect(readDbfNumber(none)).toBeNull()
    expect(readDbfNumber('  650000000000000012345 ')).toBe('650000000000000012345')
  })

  test('any bytes of any type are a value or none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('C', 'N', 'F', 'L', 'D', 'I', 'O', 'M', '?'), fc.constantFrom('utf-8', 'gb18030', 'big5'), (bytes, type, encoding) => {
      const value = readDbfValue(Buffer.from(bytes), type, encoding)
      expect(value === null || ['string', 'number', 'boolean'].includes(typeof value)).toBe(true)
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
    }))
  })

  test('any bytes for a header are a header that holds together, or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const header = readDbfHeader(Buffer.from(bytes))
        for (const field of header.fields) expect(field.offset + field.length).toBeLessThanOrEqual(header.recordLength)
      } catch (fault) {
        expect(isRefusal(fault)).toBe(true)
      }
    }))
  })

  test('any bytes for a shape are a geometry, nothing, or a fault of ours', () => {
    fc.assert(fc.property(fc.constantFrom(0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31, 99), fc.uint8Array({ maxLength: 300 }), (type, bytes) => {
      const content = Buffer.concat([Buffer.from([type, 0, 0, 0]), bytes])
      try {
        readShape(content)
      } catch (fault) {
        expect((fault as Error).message).toMatch(/^(shape of type|ends at byte|part |\d+ parts|-?\d+ parts)/)
      }
    }), { numRuns: 2000 })
  })
})
