import { execFileSync } from 'node:child_process'
import gcoord from 'gcoord'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crsByChoice, crsByDeclaration, guessCrs } from './crs.ts'
import { collection, importAll, importBench, placeOf, point, refusalOf } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

/** GDAL's own transformation, the judge. */
function judged(from: string, x: number, y: number): [number, number] {
  const out = execFileSync('gdaltransform', ['-s_srs', from, '-t_srs', 'EPSG:4490', '-output_xy'], { input: `${x} ${y}\n` }).toString().trim().split(' ').map(Number)
  return out as [number, number]
}

describe('EPSG systems agree with GDAL to a centimetre', () => {
  test.each([
    [3857, 8905559.2, 5009377.1], [4490, 79.2, 41.2], [4326, 79.2, 41.2], [4491, 13_450_000, 4_560_000], [4502, 450_000, 4_560_000], [4503, 550_000, 4_800_000],
    [4513, 25_450_000, 4_560_000], [4516, 28_510_000, 4_700_000], [4534, 450_000, 4_560_000], [4537, 510_000, 4_700_000], [4554, 480_000, 5_000_000], [32644, 350_000, 4_560_000],
  ])('EPSG:%i', (code, x, y) => {
    const crs = crsByChoice(String(code))
    const [lon, lat] = crs.toDegrees ? crs.toDegrees(x, y) : [x, y]
    const [wantedLon, wantedLat] = judged(`EPSG:${code}`, x, y)
    expect(Math.abs(lon - wantedLon)).toBeLessThan(1e-7)
    expect(Math.abs(lat - wantedLat)).toBeLessThan(1e-7)
  })
})

describe('WKT of a .prj, as GDAL writes it for ESRI and for OGC', () => {
  test.each([[4490, 79.2, 41.2], [4326, 79.2, 41.2], [3857, 8905559.2, 5009377.1], [4513, 25_450_000, 4_560_000], [4534, 450_000, 4_560_000], [4547, 480_000, 4_400_000], [32644, 350_000, 4_560_000]])('EPSG:%i', (code, x, y) => {
    for (const form of ['wkt_esri', 'wkt1', 'wkt2_2018']) {
      const wkt = execFileSync('gdalsrsinfo', ['-o', form, '--single-line', `EPSG:${code}`]).toString().trim()
      const crs = crsByDeclaration(wkt)
      const [lon, lat] = crs.toDegrees ? crs.toDegrees(x, y) : [x, y]
      const [wantedLon, wantedLat] = judged(`EPSG:${code}`, x, y)
      expect([Math.abs(lon - wantedLon) < 1e-7, Math.abs(lat - wantedLat) < 1e-7], `${form} ${wkt}`).toEqual([true, true])
    }
  })

  test('a Lambert projection of the nation, without an EPSG number', () => {
    const wkt = 'PROJCS["China_Lambert",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Standard_Parallel_1",25.0],PARAMETER["Standard_Parallel_2",47.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    const [lon, lat] = crsByDeclaration(wkt).toDegrees?.(-2_000_000, 4_500_000) ?? [0, 0]
    const [wantedLon, wantedLat] = judged('+proj=lcc +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +ellps=GRS80', -2_000_000, 4_500_000)
    expect(lon).toBeCloseTo(wantedLon, 6)
    expect(lat).toBeCloseTo(wantedLat, 6)
  })
})

test('names of the degrees: CRS84, URN, URL, plain', () => {
  for (const name of ['urn:ogc:def:crs:OGC:1.3:CRS84', 'EPSG:4326', 'urn:ogc:def:crs:EPSG::4490', 'urn:ogc:def:crs:EPSG:6.9:4490', 'http://www.opengis.net/def/crs/EPSG/0/4490']) {
    expect(crsByDeclaration(name).toDegrees).toBeNull()
  }
})

test('GCJ-02 is corrected: what the published displacement moved comes back to within a centimetre', async () => {
  const places = [[79.22, 41.22], [87.62, 43.82], [75.99, 39.47], [116.39, 39.91]] as const
  const { transform, WGS84, GCJ02 } = gcoord as unknown as { transform(at: readonly number[], from: string, to: string): [number, number]; WGS84: string; GCJ02: string }
  const moved = places.map((place) => transform(place, WGS84, GCJ02))
  const { rows, report } = await importAll(await bench.write('gcj.geojson', collection(moved.map(([x, y]) => point(x, y)))), { crs: 'gcj02' })
  rows.forEach((row, i) => {
    const [[lon = 0, lat = 0], [x, y]] = [placeOf(row), places[i] as readonly [number, number]]
    expect(Math.hypot((lon - x) * 85_000, (lat - y) * 111_000)).toBeLessThan(0.01)
    const [mx, my] = moved[i] as [number, number]
    expect(Math.hypot((mx - x) * 85_000, (my - y) * 111_000)).toBeGreaterThan(100)
  })
  expect(report.crs).toBe('GCJ-02')
})

test('an old datum is refused with the way out, and so is a system nobody knows', async () => {
  for (const code of [4214, 4610, 2401]) {
    const wkt = execFileSync('gdalsrsinfo', ['-o', 'wkt_esri', '--single-line', `EPSG:${code}`]).toString()
    expect(() => crsByDeclaration(wkt)).toThrow(/import\.datum/)
  }
  const crs = { type: 'name', properties: { name: 'EPSG:2154' } }
  expect((await refusalOf(importAll(await bench.write('fr.geojson', collection([point(1, 1)], { crs }))))).code).toBe('import.crs-unsupported')
  expect((await refusalOf(importAll(await bench.write('ok.geojson', collection([point(1, 1)])), { crs: '99999' }))).code).toBe('import.crs-unknown')
})

describe('coordinates that cannot be what they are said to be', () => {
  test.each([
    ['Web Mercator', 8905559.2, 5009377.1, '--crs 3857'],
    ['Gauss-Krüger with its zone', 25_450_000, 4_560_000, '--crs 4513'],
    ['Gauss-Krüger, six degrees', 13_450_000, 4_560_000, '--crs 4491'],
    ['Gauss-Krüger without its zone', 450_000, 4_560_000, '4534'],
    ['latitude first', 41.2, 116.2, '对调'],
  ])('%s is recognised', async (_name, x, y, way) => {
    const path = await bench.write('odd.geojson', collection(Array.from({ length: 300 }, (_, i) => point(x + i / 100, y))))
    const refusal = await refusalOf(importAll(path))
    expect(refusal.code).toBe('import.crs-unlikely')
    expect(refusal.sentence.zh).toContain(way)
    expect(guessCrs(x, y)).toBeTruthy()
  })

  test('the refusal comes before a million features were stored', async () => {
    const path = await bench.write('early.geojson', collection(Array.from({ length: 5000 }, (_, i) => point(8e6 + i, 5e6))))
    let stored = 0
    const refusal = await refusalOf(importAll(path, { onProgress: ({ read }) => { stored = read } }))
    expect(refusal.code).toBe('import.crs-unlikely')
    expect(stored).toBeLessThanOrEqual(500)
  })

  test('what the operator says is right is taken: the same file with --crs', async () => {
    const { rows } = await importAll(await bench.write('odd.geojson', collection([point(25_450_000, 4_560_000)])), { crs: '4513' })
    const [lon, lat] = judged('EPSG:4513', 25_450_000, 4_560_000)
    expect(placeOf(rows[0]).map((n) => n.toFixed(7))).toEqual([lon.toFixed(7), lat.toFixed(7)])
  })

  test('degrees read as metres are refused too', async () => {
    expect((await refusalOf(importAll(await bench.write('deg.geojson', collection([point(80, 41)])), { crs: '3857' }))).sentence.zh).toContain('--crs 4490')
  })

  test('a few bad points among good ones are skipped, not taken for another system', async () => {
    const { report } = await importAll(await bench.write('few.geojson', collection([point(80, 41), point(900, 41), point(81, 41), point(82, 41)])))
    expect(report).toMatchObject({ imported: 3, skipped: 1, faults: { 'out-of-range': 1 }, examples: [{ feature: 2, fault: 'out-of-range', detail: '900, 41' }] })
  })

  test('all in the Arctic: a note, for it may be meant', async () => {
    const { report } = await importAll(await bench.write('arctic.geojson', collection([point(41, 80), point(42, 81)])))
    expect(report.notes.at(-1)?.zh).toContain('对调')
  })
})
