import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { isRefusal } from '#core/kernel/index.ts'
import type { Geometry } from '#core/geo/geojson.ts'
import { isSameGeometry } from '../exchange.same.ts'
import { pointLimits, strokeGeometry } from '../shapes.ts'
import { plainStroke, shapes, type Shape, type Stroke, type StrokeBody } from '../stroke.ts'
import { symbols } from '../symbols.ts'
import { exportGeoJson, exportGeoPackage, exportKml, importStrokes, maxImportBytes, type ExportItem } from './exchange.ts'

const folder = mkdtempSync(join(tmpdir(), 'exchange-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, content: string | Uint8Array) => { const path = join(folder, name); writeFileSync(path, content); return path }
/** What a judge says, warnings included. */
const run = (command: string, ...args: string[]) => {
  const said = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (said.status !== 0) throw new Error(`${command}: ${said.error?.message ?? said.stderr}`)
  return said.stdout + said.stderr
}
const bytes = (text: string) => new TextEncoder().encode(text)
const bodyOf = ({ at: _a, by: _b, byName: _n, station: _s, ...body }: Stroke): StrokeBody => body

const five: [number, number][] = [[78.6, 41.2], [78.7, 41.21], [78.7234567, 41.3], [78.58, 41.3], [78.6454321, 41.24]]
const pointsFor = (shape: Shape) => five.slice(0, Math.max(pointLimits[shape].min, Math.min(5, pointLimits[shape].max)))
const stroke = (over: Partial<Stroke> & Pick<Stroke, 'shape'>): Stroke => ({ ...plainStroke, points: pointsFor(over.shape), at: 1_706_000_000_000, by: 'u1', byName: '张三', station: '65/6529', ...over })

/** Every code as every shape it may have, and every free shape, with all that a stroke can hold. */
const items: ExportItem[] = [
  ...symbols.flatMap((symbol) => symbol.shapes.map((shape) => stroke({ shape, symbol: symbol.code, label: symbol.subLabels[0] ?? symbol.label }))),
  ...shapes.map((shape) => stroke({ shape, label: '自由 <图形> & "引号"', remark: ' 前后有空格，\n换行\r\n<b>&amp;</b> ]]> ', color: '#12ab34', fill: '#fedcba', opacity: 0.375, width: 4.5, dash: 'dash', size: 55.5, rotation: -30, from: 1_706_000_000_000, until: 1_707_000_000_123, photos: ['0123456789abcdef'.repeat(4)] })),
].map((one, i) => ({ key: `k${i}`, layer: `p~65.6529${i % 2 ? '~abcdef' : ''}`, layerName: i % 2 ? '现场 <二>' : '地区', stroke: one }))
const expected = items.map(({ key, layerName, stroke }) => ({ key, layerName, body: bodyOf(stroke) }))
const byKey = <T extends { key: string | null }>(strokes: T[]) => [...strokes].sort((a, b) => Number(a.key!.slice(1)) - Number(b.key!.slice(1)))

const files = { geojson: bytes(exportGeoJson(items)), kml: bytes(exportKml(items)), gpkg: exportGeoPackage(items) }

describe('there and back', () => {
  it.each(['geojson', 'kml', 'gpkg'] as const)('%s brings every code and every shape back as it was', async (format) => {
    expect(new Set(items.map(({ stroke }) => stroke.symbol)).size).toBe(symbols.length + 1)
    const result = await importStrokes(files[format])
    expect(result).toMatchObject({ features: items.length, own: items.length, droppedFeatures: 0, droppedProperties: 0, split: 0 })
    expect(byKey(result.strokes)).toEqual(expected)
  })

  it('an empty plot is a valid file of each kind', async () => {
    expect((await importStrokes(bytes(exportGeoJson([])))).strokes).toEqual([])
    expect((await importStrokes(bytes(exportKml([])))).strokes).toEqual([])
    expect((await importStrokes(exportGeoPackage([]))).strokes).toEqual([])
  })
})

describe('judged by GDAL and libxml2', () => {
  const geometriesByKey = (path: string) => new Map((JSON.parse(readFileSync(path, 'utf8')) as { features: { properties: { key: string }; geometry: Geometry }[] }).features.map((f) => [f.properties.key, f.geometry]))

  it('xmllint finds the KML well-formed', () => {
    expect(run('xmllint', '--noout', '--nonet', file('a.kml', files.kml))).toBe('')
  })

  it('ogrinfo reads the GeoPackage as CGCS2000 with every feature, and finds no fault in it', () => {
    const path = file('a.gpkg', files.gpkg)
    const info = run('ogrinfo', '-ro', '-so', path, 'plot')
    expect(info).toContain(`Feature Count: ${items.length}`)
    expect(info).not.toMatch(/warning|error/i)
    expect(info).toContain('ID["EPSG",4490]')
    expect(info).toMatch(/Extent: \(78\.\d+, 41\.\d+\) - \(78\.\d+, 41\.\d+\)/)
  })

  it.each(['geojson', 'kml', 'gpkg'] as const)('ogr2ogr reads %s: all features, geometries equal to 1e-7 degrees', (format) => {
    const out = join(folder, `from-${format}.geojson`)
    rmSync(out, { force: true })
    if (format === 'kml') {
      // One layer for each folder, so they are read one by one.
      const path = file('b.kml', files.kml)
      const layers = [...new Set(items.map(({ layerName }) => layerName))]
      const counts = layers.map((layer) => Number(/Feature Count: (\d+)/.exec(run('ogrinfo', '-ro', '-so', path, layer))?.[1]))
      expect(counts).toEqual(layers.map((layer) => items.filter((item) => item.layerName === layer).length))
      const read = layers.flatMap((layer, i) => { run('ogr2ogr', '-f', 'GeoJSON', '-lco', 'COORDINATE_PRECISION=9', `${out}${i}`, path, layer); return [...geometriesByKey(`${out}${i}`)] })
      expectGeometries(new Map(read))
    } else {
      run('ogr2ogr', '-f', 'GeoJSON', '-lco', 'COORDINATE_PRECISION=9', out, file(`b.${format}`, files[format]))
      expectGeometries(geometriesByKey(out))
    }
  })

  function expectGeometries(read: Map<string, Geometry>): void {
    expect(read.size).toBe(items.length)
    for (const { key, stroke } of items) {
      const [mine, theirs] = [strokeGeometry(stroke), read.get(key)!]
      expect(isSameGeometry(mine, theirs), key).toBe(true)
      const flat = (g: Geometry) => ('coordinates' in g ? (g.coordinates as unknown[]).flat(4) as number[] : []).filter((n) => typeof n === 'number')
      const [a, b] = [flat(mine).sort((x, y) => x - y), flat(theirs).filter((n) => n !== 0).sort((x, y) => x - y)]
      expect(Math.max(...a.map((n, i) => Math.abs(n - b[i]!))), key).toBeLessThanOrEqual(1e-7)
    }
  }

  it('what GDAL rewrites of ours comes back as it was', async () => {
    const out = join(folder, 'again.gpkg')
    run('ogr2ogr', '-f', 'GPKG', '-nln', 'drawn', out, file('c.geojson', files.geojson))
    const result = await importStrokes(readFileSync(out))
    expect(result.own).toBe(items.length)
    expect(byKey(result.strokes)).toEqual(expected)
  })

  it('foreign files of GDAL become plain strokes: KML with styles and folders, GeoPackage in Web Mercator', async () => {
    const source = file('foreign.geojson', JSON.stringify({ type: 'FeatureCollection', features: [
      { type: 'Feature', geometry: { type: 'Point', coordinates: [80, 40] }, properties: { Name: '卡口', depth: 3 } },
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[[[80, 40], [81, 40], [81, 41], [80, 40]]], [[[82, 40], [83, 40], [83, 41], [82, 40]]]] }, properties: { Name: '片区', depth: 4 } },
    ] }))
    const [kml, gpkg] = [join(folder, 'foreign.kml'), join(folder, 'foreign.gpkg')]
    run('ogr2ogr', '-f', 'KML', kml, source)
    run('ogr2ogr', '-f', 'GPKG', '-t_srs', 'EPSG:3857', '-nln', '图层一', gpkg, source)
    for (const path of [kml, gpkg]) {
      const { strokes, split } = await importStrokes(readFileSync(path))
      expect(strokes.map(({ body }) => [body.shape, body.label, body.points.length]), path).toEqual([['symbol', '卡口', 1], ['polygon', '片区', 3], ['polygon', '片区', 3]])
      expect(strokes[2]!.body.points[0]![0]).toBeCloseTo(82, 6)
      expect(split).toBe(1)
    }
    expect((await importStrokes(readFileSync(gpkg))).strokes[0]!.layerName).toBe('图层一')
  })
})

describe('foreign KML', () => {
  it('gives folders, names, styles by style map, times, tracks and several geometries', async () => {
    const { strokes, holes } = await importStrokes(bytes(`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
      <Style id="a"><LineStyle><color>ff0000ff</color><width>6</width></LineStyle><PolyStyle><color>8000ff00</color></PolyStyle></Style>
      <StyleMap id="m"><Pair><key>normal</key><styleUrl>#a</styleUrl></Pair></StyleMap>
      <Folder><name>外单位</name><Placemark><name>线 &amp; 点</name><description><![CDATA[<b>说明</b>]]></description><TimeSpan><begin>2024-01-23T00:00:00Z</begin></TimeSpan><styleUrl>#m</styleUrl>
        <MultiGeometry><Point><coordinates>80,40,1200</coordinates></Point><LineString><coordinates> 80,40 81,41
          82,40,5 </coordinates></LineString></MultiGeometry></Placemark>
        <Placemark><gx:Track><when>2024</when><gx:coord>80 40 1</gx:coord><gx:coord>81 41 2</gx:coord></gx:Track></Placemark>
        <Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>80,40 81,40 81,41 80,40</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>80.5,40.1 80.6,40.1 80.6,40.2 80.5,40.1</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
      </Folder></Document></kml>`))
    expect(strokes.map(({ body, layerName }) => [layerName, body.shape, body.label, body.points.length])).toEqual([['外单位', 'symbol', '线 & 点', 1], ['外单位', 'line', '线 & 点', 3], ['外单位', 'line', '', 2], ['外单位', 'polygon', '', 3]])
    expect(strokes[1]!.body).toMatchObject({ color: '#ff0000', fill: '#00ff00', opacity: 0.502, width: 6, remark: '<b>说明</b>', from: Date.UTC(2024, 0, 23) })
    expect(holes).toBe(1)
  })

  it('is found whatever surrounds it: prefixes, comments, plain sections, attributes with brackets', async () => {
    const { strokes } = await importStrokes(bytes(`<?xml version="1.0"?><!-- <Placemark> --><k:kml xmlns:k="http://www.opengis.net/kml/2.2"><k:Document><k:Placemark id="a>b"><k:name><![CDATA[</k:Placemark>]]></k:name>
      <k:Point><k:coordinates>80,40</k:coordinates></k:Point></k:Placemark><!-- </k:Document> --><k:Placemark/><k:Placemark><k:name>二</k:name><k:Point><k:coordinates>81,40</k:coordinates></k:Point></k:Placemark></k:Document></k:kml>`))
    expect(strokes.map(({ body }) => body.label)).toEqual(['</k:Placemark>', '二'])
  })

  it('in GB 2312 is read as what it says', async () => {
    const head = bytes('<?xml version="1.0" encoding="GB2312"?><kml><Placemark><name>')
    const tail = bytes('</name><Point><coordinates>80,40</coordinates></Point></Placemark></kml>')
    const { strokes } = await importStrokes(new Uint8Array([...head, 0xce, 0xda, 0xca, 0xb2, ...tail]))
    expect(strokes[0]!.body.label).toBe('乌什')
  })
})

describe('hostile files', () => {
  const codeOf = async (content: string | Uint8Array) => {
    try {
      await importStrokes(typeof content === 'string' ? bytes(content) : content)
    } catch (fault) {
      if (isRefusal(fault)) return fault.code
      throw fault
    }
    return undefined
  }
  const placemark = '<Placemark><Point><coordinates>80,40</coordinates></Point></Placemark>'

  it('entities, external and a billion laughs, are refused unread', async () => {
    expect(await codeOf(`<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>`)).toBe('plot.import-doctype')
    expect(await codeOf(`<!doctype kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><kml>${placemark}</kml>`)).toBe('plot.import-doctype')
    expect(await codeOf(`<kml><Placemark><name>&undeclared;</name></Placemark></kml>`)).toBe('plot.import-unreadable')
  })

  it('XML cut off, nested without end or of a million elements is refused in time', async () => {
    expect(await codeOf('<kml><Placemark>')).toBe('plot.import-unreadable')
    expect(await codeOf('<kml><!-- ')).toBe('plot.import-unreadable')
    expect(await codeOf(`<kml>${placemark.replace('</Point>', '')}</kml>`)).toBe('plot.import-unreadable')
    expect(await codeOf(`<kml>${placemark}${'<fengsui-piece n="0"/>'.repeat(1_000)}</kml>`)).toBe('plot.import-unreadable')
    expect(await codeOf(`<kml>${'<Folder>'.repeat(100_000)}${'</Folder>'.repeat(100_000)}</kml>`)).toBe('plot.import-unreadable')
    expect(await codeOf(`<kml>${'<a/>'.repeat(1_000_001)}</kml>`)).toBe('plot.import-too-many')
    expect(await codeOf(`<kml>${placemark.repeat(20_001)}</kml>`)).toBe('plot.import-too-many')
    expect(await codeOf(`<kml>${' '.repeat(33 * 1024 * 1024)}</kml>`)).toBe('plot.import-too-large')
  })

  it('files too large, archives, and what is none of the three are refused by what they are', async () => {
    expect(await codeOf(new Uint8Array(maxImportBytes + 1))).toBe('plot.import-too-large')
    expect(await codeOf('PK\u0003\u0004')).toBe('plot.import-zip')
    expect(await codeOf('%PDF-1.7')).toBe('plot.import-format')
    expect(await codeOf('')).toBe('plot.import-format')
    expect(await codeOf('<html><body>no</body></html>')).toBe('plot.import-format')
  })

  it('a GeoPackage that is none, is cut off, or hides a program in a view is refused or passed over', async () => {
    expect(await codeOf('SQLite format 3\0')).toBe('import.sqlite-damaged')
    expect(await codeOf(files.gpkg.slice(0, files.gpkg.length / 2))).toBe('import.sqlite-damaged')
    const path = join(folder, 'view.gpkg')
    const db = new DatabaseSync(path)
    db.exec(`create table gpkg_contents (table_name text, data_type text); create table gpkg_geometry_columns (table_name text, column_name text, srs_id integer);
      create view evil as with recursive r(n) as (select 1 union all select n + 1 from r) select n as fid, n as geom from r;
      insert into gpkg_contents values ('evil', 'features'); insert into gpkg_geometry_columns values ('evil', 'geom', 4326)`)
    db.close()
    expect(await codeOf(readFileSync(path))).toBe('plot.import-empty')
    const other = join(folder, 'other.db')
    const plain = new DatabaseSync(other)
    plain.exec('create table t (a)')
    plain.close()
    expect(await codeOf(readFileSync(other))).toBe('plot.import-unreadable')
  })

  it('a damaged geometry in a GeoPackage is dropped and named, the rest read', async () => {
    const path = file('damaged.gpkg', files.gpkg)
    const db = new DatabaseSync(path)
    db.exec(`update plot set geom = x'47500001' where fid = 1; update plot set geom = substr(geom, 1, 50) where fid = 2`)
    db.close()
    const result = await importStrokes(readFileSync(path))
    expect(result).toMatchObject({ features: items.length, own: items.length - 2, droppedFeatures: 2, faults: [{ feature: 1 }, { feature: 2 }] })
  })

  it('what a person writes into a label cannot leave its element', async () => {
    const evil = '</name></Placemark><script>alert(1)</script>\u0000\u001b\ud800<![CDATA[ ]]>'
    const kml = exportKml([{ key: 'k', layer: 'l', layerName: evil, stroke: stroke({ shape: 'symbol', label: evil, remark: evil }) }], evil)
    expect(run('xmllint', '--noout', file('evil.kml', kml))).toBe('')
    const { strokes } = await importStrokes(bytes(kml))
    expect(strokes[0]!.body.label).toBe(evil.replace('\u0000', '\ufffd').replace('\u001b', '\ufffd').toWellFormed())
  })
})

describe('speed', () => {
  it('10,000 strokes are written and read in each format within seconds', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...items[i % items.length]!, key: `m${i}` }))
    const took: Record<string, number> = {}
    for (const [format, write] of [['geojson', () => bytes(exportGeoJson(many))], ['kml', () => bytes(exportKml(many))], ['gpkg', () => exportGeoPackage(many)]] as const) {
      const start = performance.now()
      const written = write()
      took[`${format} write`] = performance.now() - start
      const between = performance.now()
      expect((await importStrokes(written)).own).toBe(10_000)
      took[`${format} read`] = performance.now() - between
    }
    expect(Math.max(...Object.values(took)), JSON.stringify(took)).toBeLessThan(15_000)
  })
})
