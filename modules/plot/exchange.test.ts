import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportGeoJson, type ExportItem } from './exchange.ts'
import { importGeoJson } from './exchange.geojson.ts'
import { isSameGeometry } from './exchange.same.ts'
import { plainStroke, type Stroke } from './stroke.ts'

const item = (stroke: Partial<Stroke>, key = 'k1'): ExportItem => ({
  key, layer: 'p~65', layerName: '自治区', stroke: { ...plainStroke, shape: 'symbol', points: [[78.63, 41.26]], at: 1_706_000_000_000, by: 'u1', byName: '张三', station: '65', ...stroke },
})
const bodyOf = ({ at: _a, by: _b, byName: _n, station: _s, ...body }: Stroke) => body
const wrapped = (geometry: unknown, properties: unknown = {}) => JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry, properties }] })
const refusal = (read: () => unknown) => { try { read() } catch (fault) { return (fault as { code?: string }).code } return undefined }

describe('GeoJSON', () => {
  it('brings a stroke back exactly as it was', () => {
    const strokes = [
      item({ symbol: 'A10400', label: '泥石流', remark: '一行\n"二"行', rotation: 45, size: 64, from: 1_706_000_000_000, until: 1_706_100_000_000, photos: ['a'.repeat(64)] }),
      item({ shape: 'attack-arrow', symbol: 'X40300', points: [[78, 41], [78, 41.1], [78.5, 41.2], [79, 41]], color: '#112233', fill: '#445566', opacity: 0.7, width: 5.5, dash: 'dash-dot' }, 'k2'),
    ]
    const { strokes: read, own, droppedProperties } = importGeoJson(exportGeoJson(strokes, '标绘'))
    expect(read).toEqual(strokes.map(({ key, layerName, stroke }) => ({ key, layerName, body: bodyOf(stroke) })))
    expect([own, droppedProperties]).toEqual([2, 0])
  })

  it('carries what machines look for', () => {
    const [feature] = (JSON.parse(exportGeoJson([item({ symbol: 'A10300', label: '震中' })])) as { features: { properties: unknown; geometry: unknown; id: string }[] }).features
    expect(feature).toMatchObject({ id: 'k1', geometry: { type: 'Point', coordinates: [78.63, 41.26] }, properties: { symbol: 'A10300', symbolName: '地震灾害', label: '震中', author: '张三', station: '65', updatedAt: '2024-01-23T08:53:20.000Z', shape: 'symbol' } })
  })

  it('believes the geometry where somebody moved it, keeping words and style', () => {
    const file = JSON.parse(exportGeoJson([item({ shape: 'circle', symbol: 'F10100', label: '警戒', points: [[78, 41], [78.1, 41]], color: '#0000ff' })])) as { features: { geometry: { coordinates: number[][][] } }[] }
    file.features[0]!.geometry.coordinates[0] = [[0, 0], [1, 0], [1, 1], [0, 0]]
    const { strokes, own } = importGeoJson(JSON.stringify(file))
    expect(own).toBe(0)
    expect(strokes).toMatchObject([{ key: null, body: { shape: 'polygon', symbol: 'F10100', label: '警戒', color: '#0000ff', points: [[0, 0], [1, 0], [1, 1]] } }])
  })

  it('takes foreign features as plain figures: multi-geometries split, holes and unknown attributes dropped and counted', () => {
    const result = importGeoJson(JSON.stringify({ type: 'FeatureCollection', features: [
      { type: 'Feature', geometry: { type: 'MultiPoint', coordinates: [[80, 40, 1200], [81, 41]] }, properties: { name: '水源', height: 12, owner: 'x', stroke: '#F00' } },
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: [[[80, 40], [81, 40], [81, 41], [80, 40]], [[80.5, 40.1], [80.6, 40.1], [80.6, 40.2], [80.5, 40.1]]] }, properties: null },
      { type: 'Feature', geometry: { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [80, 40] }, { type: 'LineString', coordinates: [[80, 40], [80, 40], [81, 40]] }] }, properties: { symbol: 'E10100' } },
    ] }))
    expect(result).toMatchObject({ features: 3, own: 0, split: 2, holes: 1, droppedProperties: 2, droppedFeatures: 0 })
    expect(result.strokes.map(({ body }) => [body.shape, body.symbol, body.label, body.color, body.points.length])).toEqual([
      ['symbol', '', '水源', '#ff0000', 1], ['symbol', '', '水源', '#ff0000', 1], ['polygon', '', '', '', 3], ['symbol', '', '', '', 1], ['line', 'E10100', '', '', 2],
    ])
  })

  it('reads Web Mercator where the file says so, and refuses systems it does not know', () => {
    const mercator = JSON.stringify({ type: 'FeatureCollection', crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } }, features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [8_905_559.26, 4_865_942.28] }, properties: {} }] })
    const [stroke] = importGeoJson(mercator).strokes
    expect(stroke!.body.points[0]![0]).toBeCloseTo(80, 5)
    expect(stroke!.body.points[0]![1]).toBeCloseTo(40, 5)
    expect(refusal(() => importGeoJson(mercator.replace('3857', '32645')))).toBe('plot.import-crs')
  })

  it('drops what cannot be drawn, says why, and goes on', () => {
    for (const geometry of [null, { type: 'Point', coordinates: [200, 0] }, { type: 'Point', coordinates: ['80', 40] }, { type: 'LineString', coordinates: [[80, 40], [80, 40]] }, { type: 'Polygon', coordinates: [] }, { type: 'Blob' }, { type: 'Point' }, { type: 'constructor', coordinates: [1, 1] }]) {
      const result = importGeoJson(wrapped(geometry))
      expect([result.strokes.length, result.droppedFeatures, result.faults.length], JSON.stringify(geometry)).toEqual([0, 1, 1])
    }
  })

  it('refuses what is no GeoJSON, and more than a plot can hold', () => {
    expect(refusal(() => importGeoJson('{"type":'))).toBe('plot.import-unreadable')
    expect(refusal(() => importGeoJson('{"type":"Topology"}'))).toBe('plot.import-unreadable')
    expect(refusal(() => importGeoJson('[]'))).toBe('plot.import-unreadable')
    expect(importGeoJson(`{"type":"LineString","coordinates":${'['.repeat(5_000)}${']'.repeat(5_000)}}`).droppedFeatures).toBe(1)
    expect(refusal(() => importGeoJson(`{"type":"FeatureCollection","features":[${'0,'.repeat(20_001)}0]}`))).toBe('plot.import-too-many')
  })

  it('thins a line of 200,000 points to what a stroke takes, in time', () => {
    const coordinates = Array.from({ length: 200_000 }, (_, i) => [80 + i / 1e5, 40 + ((i * 7919) % 1000) / 1e4])
    const start = performance.now()
    const { strokes, thinned } = importGeoJson(wrapped({ type: 'LineString', coordinates }))
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(thinned).toBe(1)
    expect(strokes[0]!.body.points.length).toBe(4_000)
    expect(strokes[0]!.body.points[0]).toEqual([80, 40])
    expect(strokes[0]!.body.points.at(-1)).toEqual(coordinates.at(-1))
  })

  it('never fails on properties of whatever kind, and makes only lawful strokes of them', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('shape', 'points', 'symbol', 'label', 'size', 'opacity', 'from', 'photos', 'dash', 'color', 'key', '__proto__', 'x'), fc.oneof(fc.jsonValue(), fc.constantFrom('circle', '[[1,2]]', '#abc', 'A10100', '2024-01-01'))), (properties) => {
      const { strokes } = importGeoJson(wrapped({ type: 'Point', coordinates: [80, 40] }, properties))
      expect(strokes.every(({ body }) => body.points.length > 0 && body.label.length <= 120)).toBe(true)
    }), { numRuns: 1_000 })
  })
})

describe('isSameGeometry', () => {
  it('looks past where a ring begins and which way it runs, not past another place', () => {
    const ring = (points: [number, number][]) => ({ type: 'Polygon' as const, coordinates: [[...points, points[0]!]] })
    const square: [number, number][] = [[0, 0], [1, 0], [1, 1], [0, 1]]
    expect(isSameGeometry(ring(square), ring([...square.slice(2), ...square.slice(0, 2)]))).toBe(true)
    expect(isSameGeometry(ring(square), ring([...square].reverse()))).toBe(true)
    expect(isSameGeometry(ring(square), ring([[0, 0], [1, 0], [1, 1], [0, 1.001]]))).toBe(false)
    expect(isSameGeometry({ type: 'LineString', coordinates: square }, { type: 'MultiLineString', coordinates: [[...square].reverse()] })).toBe(true)
    expect(isSameGeometry({ type: 'LineString', coordinates: square }, ring(square))).toBe(false)
  })
})
