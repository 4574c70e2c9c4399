import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Geometry, Position } from '../../geojson.ts'
import { readGeoPackageGeometry, readWkb, WkbFault } from './wkb.ts'

/** A writer of our own, the other way round, for the properties below. */
function writeWkb(geometry: Geometry, little: boolean, form: 'iso' | 'ewkb', z: boolean, m: boolean): Buffer {
  const kinds = ['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon', 'GeometryCollection']
  const kind = kinds.indexOf(geometry.type) + 1
  const type = form === 'iso' ? kind + (z ? 1000 : 0) + (m ? 2000 : 0) : (kind | (z ? 0x80000000 : 0) | (m ? 0x40000000 : 0)) >>> 0
  const u32 = (n: number) => {
    const b = Buffer.alloc(4)
    if (little) b.writeUInt32LE(n)
    else b.writeUInt32BE(n)
    return b
  }
  const f64 = (n: number) => {
    const b = Buffer.alloc(8)
    if (little) b.writeDoubleLE(n)
    else b.writeDoubleBE(n)
    return b
  }
  const position = (p: Position) => Buffer.concat([f64(p[0]), f64(p[1]), ...(z ? [f64(p[2] ?? 0)] : []), ...(m ? [f64(7)] : [])])
  const line = (ps: Position[]) => Buffer.concat([u32(ps.length), ...ps.map(position)])
  const inner = (g: Geometry) => writeWkb(g, little, form, z, m)
  const body = (): Buffer => {
    switch (geometry.type) {
      case 'Point': return position(geometry.coordinates)
      case 'LineString': return line(geometry.coordinates)
      case 'Polygon': return Buffer.concat([u32(geometry.coordinates.length), ...geometry.coordinates.map(line)])
      case 'MultiPoint': return Buffer.concat([u32(geometry.coordinates.length), ...geometry.coordinates.map((c) => inner({ type: 'Point', coordinates: c }))])
      case 'MultiLineString': return Buffer.concat([u32(geometry.coordinates.length), ...geometry.coordinates.map((c) => inner({ type: 'LineString', coordinates: c }))])
      case 'MultiPolygon': return Buffer.concat([u32(geometry.coordinates.length), ...geometry.coordinates.map((c) => inner({ type: 'Polygon', coordinates: c }))])
      default: return Buffer.concat([u32(geometry.geometries.length), ...geometry.geometries.map(inner)])
    }
  }
  return Buffer.concat([Buffer.from([little ? 1 : 0]), u32(type), body()])
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const positions = (z: boolean) => (z ? fc.tuple(number, number, number) : fc.tuple(number, number)) as fc.Arbitrary<Position>
const geometries = (z: boolean): fc.Arbitrary<Geometry> => {
  const p = positions(z)
  const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 4 })
  const plain: fc.Arbitrary<Geometry>[] = [
    p.map((coordinates) => ({ type: 'Point', coordinates })),
    some(p).map((coordinates) => ({ type: 'LineString', coordinates })),
    some(some(p)).map((coordinates) => ({ type: 'Polygon', coordinates })),
    some(p).map((coordinates) => ({ type: 'MultiPoint', coordinates })),
    some(some(p)).map((coordinates) => ({ type: 'MultiLineString', coordinates })),
    some(some(some(p))).map((coordinates) => ({ type: 'MultiPolygon', coordinates })),
  ]
  return fc.oneof(...plain, some(fc.oneof(...plain)).map((parts): Geometry => ({ type: 'GeometryCollection', geometries: parts })))
}
const cases = fc.boolean().chain((z) => fc.record({ z: fc.constant(z), m: fc.boolean(), little: fc.boolean(), form: fc.constantFrom('iso' as const, 'ewkb' as const), geometry: geometries(z) }))

test('what is written is read: every kind, both byte orders, ISO and EWKB, with height and measure', () => {
  fc.assert(fc.property(cases, ({ geometry, little, form, z, m }) => {
    expect(readWkb(writeWkb(geometry, little, form, z, m))).toEqual(geometry)
  }), { numRuns: 500 })
})

test('bytes cut off anywhere are a fault, never a shorter geometry and never a read beyond the end', () => {
  fc.assert(fc.property(cases, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ geometry, little, form, z, m }, share) => {
    const bytes = writeWkb(geometry, little, form, z, m)
    expect(() => readWkb(bytes.subarray(0, Math.floor(bytes.length * share)))).toThrow(WkbFault)
  }), { numRuns: 500 })
})

test('any bytes at all end in a geometry or in a fault of ours', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cases.chain(({ geometry, little, form, z, m }) => {
    const bytes = writeWkb(geometry, little, form, z, m)
    return fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, value]) => {
      const mutated = Buffer.from(bytes)
      mutated[at] = value
      return mutated
    })
  })), (bytes) => {
    try {
      readWkb(bytes)
    } catch (fault) {
      expect(fault).toBeInstanceOf(WkbFault)
    }
  }), { numRuns: 2000 })
})

test('a count of four thousand million parts makes no room for them', () => {
  for (const kind of [2, 3, 4, 5, 6, 7]) {
    const bytes = Buffer.from([1, kind, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
    expect(() => readWkb(bytes)).toThrow(/do not fit/)
  }
})

test('collections within collections end at a depth', () => {
  const level = Buffer.from([1, 7, 0, 0, 0, 1, 0, 0, 0])
  expect(() => readWkb(Buffer.concat(Array.from({ length: 1000 }, () => level)))).toThrow(/nested too deeply/)
})

test('the header of GeoPackage: envelopes of each size, empty, extended and foreign ones', () => {
  const wkb = writeWkb({ type: 'Point', coordinates: [80, 41] }, true, 'iso', false, false)
  const head = (flags: number, envelope: number) => Buffer.concat([Buffer.from([0x47, 0x50, 0, flags, 0x8a, 0x11, 0, 0]), Buffer.alloc(envelope), wkb])
  for (const [code, size] of [[0, 0], [1, 32], [2, 48], [3, 48], [4, 64]] as const) {
    expect(readGeoPackageGeometry(head(1 | (code << 1), size))).toEqual({ srsId: 4490, geometry: { type: 'Point', coordinates: [80, 41] } })
  }
  expect(readGeoPackageGeometry(head(1 | 0x10, 0)).geometry).toBeNull()
  for (const bytes of [head(1 | (5 << 1), 0), head(1 | 0x20, 0), Buffer.from('PK'), Buffer.alloc(0)]) expect(() => readGeoPackageGeometry(bytes)).toThrow(WkbFault)
})
