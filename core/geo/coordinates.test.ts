import { describe, expect, test } from 'vitest'
import { convertGeometry, converter, crsOfName } from './crs.ts'
import { degreesText, dmsText, parseCoordinate } from './dms.ts'
import type { Position } from './geojson.ts'
import { metresBetween } from './metres.ts'

const wushi: Position = [78.63, 41.26]

describe('coordinates as text', () => {
  test('degrees and degrees, minutes, seconds', () => {
    expect(dmsText(wushi)).toBe('北纬41°15′36.0″ 东经78°37′48.0″')
    expect(dmsText([-70.5, -33.999_99], 'en')).toBe('34°00′00.0″S 70°30′00.0″W')
    expect(degreesText(wushi)).toBe('41.26000°N 78.63000°E')
  })

  test.each([
    '41.26, 78.63', '41.26 78.63', '41.26，78.63', '(41.26, 78.63)', '78.63E 41.26N', '41.26N, 78.63E', 'N41.26 E78.63', 'E78.63,N41.26',
    '41°15′36″N 78°37′48″E', '78°37′48″E 41°15′36″N', `41°15'36"N, 78°37'48"E`, '北纬41.26度，东经78.63度', '北纬41.26°，东经78.63°', '东经78°37′48″ 北纬41°15′36″',
    '东经78度37分48秒，北纬41度15分36秒', '北纬41度15.6分东经78度37.8分', '纬度41.26 经度78.63', '经度：78.63 纬度：41.26', ' 41.26/78.63 ', '北纬41°15′36″东经78°37′48″',
  ])('%s is 乌什', (text) => {
    expect(parseCoordinate(text)).toEqual([expect.closeTo(78.63, 9), expect.closeTo(41.26, 9)])
  })

  test('the order is settled by size, then by where we are', () => {
    expect(parseCoordinate('116.4 39.9')).toEqual([116.4, 39.9])
    expect(parseCoordinate('39.9 116.4')).toEqual([116.4, 39.9])
    expect(parseCoordinate('78.63 41.26')).toEqual([78.63, 41.26])
    expect(parseCoordinate('-33.9, 18.4')).toEqual([18.4, -33.9])
    expect(parseCoordinate('33.9S 18.4E')).toEqual([18.4, -33.9])
    expect(parseCoordinate('西经70°30′ 南纬34°')).toEqual([-70.5, -34])
  })

  test.each(['', '乌什县', '41.26', '652927', '41.26, 78.63, 5', '95N 78E', '200 41', '41°61′N 78°E', 'N41 N78', '-41N 78E', '41.26N 78.63N', '1'.repeat(200)])('%s is no coordinate', (text) => {
    expect(parseCoordinate(text)).toBeNull()
  })

  test('what we write we read back', () => {
    for (const at of [wushi, [-0.001, 0.001], [179.999, -89.5], [87.62, 43.83]] as Position[]) {
      for (const text of [dmsText(at), dmsText(at, 'en'), degreesText(at, 7)]) {
        const back = parseCoordinate(text)
        expect(metresBetween(back!, at), text).toBeLessThan(3)
      }
    }
  })
})

describe('reference systems', () => {
  test('CGCS2000 and WGS 84 pass unchanged; Web Mercator by the formula', () => {
    expect(converter('EPSG:4490', 'EPSG:4326')(wushi)).toBe(wushi)
    const mercator = converter('EPSG:4490', 'EPSG:3857')
    expect(mercator([180, 0, 12])).toEqual([expect.closeTo(20_037_508.342_789, 5), expect.closeTo(0, 6), 12])
    const back = converter('EPSG:3857', 'EPSG:4490')(mercator(wushi))
    expect(back).toEqual([expect.closeTo(78.63, 9), expect.closeTo(41.26, 9)])
  })

  test('GCJ-02 is corrected to a metre; outside China it is no displacement', () => {
    // Tiananmen as web maps sold in China give it, and as it is.
    const corrected = converter('GCJ-02', 'EPSG:4490')([116.397_455, 39.909_187])
    expect(metresBetween(corrected, [116.391_214, 39.907_783])).toBeLessThan(3)
    expect(metresBetween(converter('GCJ-02', 'EPSG:4326')([2.35, 48.85]), [2.35, 48.85])).toBeLessThan(1)
    expect(() => converter('EPSG:4326', 'GCJ-02')).toThrow('displaced')
  })

  test.each([
    ['EPSG:4490', 'EPSG:4490'], ['epsg:3857', 'EPSG:3857'], ['4326', 'EPSG:4326'], ['urn:ogc:def:crs:EPSG::4490', 'EPSG:4490'], ['urn:ogc:def:crs:EPSG:6.9:4326', 'EPSG:4326'],
    ['http://www.opengis.net/def/crs/EPSG/0/3857', 'EPSG:3857'], ['http://www.opengis.net/def/crs/OGC/1.3/CRS84', 'EPSG:4326'], ['urn:ogc:def:crs:OGC:1.3:CRS84', 'EPSG:4326'],
    ['EPSG:900913', 'EPSG:3857'], ['gcj02', 'GCJ-02'], ['EPSG:4214', null], ['', null], ['EPSG:44901', null],
  ])('%s is %s', (name, crs) => {
    expect(crsOfName(name)).toBe(crs)
  })

  test('whole geometries are converted, collections too', () => {
    const shift = (position: Position): Position => [position[0] + 1, position[1]]
    expect(convertGeometry({ type: 'GeometryCollection', geometries: [{ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [0, 1], [0, 0]]] }] }, shift))
      .toEqual({ type: 'GeometryCollection', geometries: [{ type: 'Polygon', coordinates: [[[1, 0], [2, 0], [1, 1], [1, 0]]] }] })
  })
})
