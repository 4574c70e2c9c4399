import gcoordDefault from 'gcoord'
import proj4 from 'proj4'
import type { Geometry, Position } from './geojson.ts'

/** Its types describe another module format than Node loads, so what we use is named here. */
const gcoord = gcoordDefault as unknown as { transform(at: [number, number], from: string, to: string): [number, number]; GCJ02: string; WGS84: string }

/**
 * Coordinate reference systems we read and write. CGCS2000 (EPSG:4490, the nation's own) and WGS 84 (EPSG:4326) share
 * origin, axes and, but for 0.1 mm, the ellipsoid; they agree to centimetres, far below what any map of ours shows, and
 * are treated as equal: coordinates pass between them unchanged. GCJ-02 (火星坐标) is no EPSG system: web maps sold in
 * China displace coordinates by up to 700 m by it; it is corrected on import, to about a metre.
 */
export const systems = {
  'EPSG:4490': { zh: 'CGCS2000 国家大地坐标系', en: 'CGCS2000' },
  'EPSG:4326': { zh: 'WGS 84', en: 'WGS 84' },
  'EPSG:3857': { zh: 'Web 墨卡托', en: 'Web Mercator' },
  'GCJ-02': { zh: 'GCJ-02 火星坐标', en: 'GCJ-02' },
} as const
export type Crs = keyof typeof systems

/** Where the same degrees are meant: nothing to compute between them. */
const degrees: readonly Crs[] = ['EPSG:4490', 'EPSG:4326']

/** From a name as files and requests write it: `EPSG:4490`, `epsg:3857`, `4326`, `CRS84`, `urn:ogc:def:crs:EPSG::4490`, `http://www.opengis.net/def/crs/EPSG/0/3857`. */
export function crsOfName(name: string): Crs | null {
  const text = name.trim().toUpperCase()
  if (/(^|[:/])CRS:?84H?$/.test(text)) return 'EPSG:4326'
  if (/^GCJ-?02$/.test(text)) return 'GCJ-02'
  const code = /^(?:.*EPSG(?::|\/)(?:[\d.]*[:/])?)?(\d{4,6})$/.exec(text)?.[1]
  if (code === '900913' || code === '102100') return 'EPSG:3857'
  const crs = `EPSG:${code}`
  return crs in systems ? (crs as Crs) : null
}

/** Turns one position of a system into another's; heights stay. */
export function converter(from: Crs, to: Crs): (position: Position) => Position {
  if (from === to || (degrees.includes(from) && degrees.includes(to))) return (position) => position
  if (to === 'GCJ-02') throw new Error('we write no displaced coordinates')
  if (from === 'GCJ-02') {
    const corrected = (position: Position) => keepHeight(gcjToWgs([position[0], position[1]]), position)
    const onward = converter('EPSG:4326', to)
    return (position) => onward(corrected(position))
  }
  const { forward } = proj4(from === 'EPSG:4490' ? 'EPSG:4326' : from, to === 'EPSG:4490' ? 'EPSG:4326' : to)
  return (position) => keepHeight(forward([position[0], position[1]]) as [number, number], position)
}

/** The published displacement cannot be undone in one step: what is left after each is taken off until it is below a centimetre. */
function gcjToWgs(at: [number, number]): [number, number] {
  let [lon, lat] = gcoord.transform(at, gcoord.GCJ02, gcoord.WGS84)
  for (let round = 0; round < 4; round++) {
    const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02)
    ;[lon, lat] = [lon + at[0] - x, lat + at[1] - y]
  }
  return [lon, lat]
}

function keepHeight([x, y]: readonly [number, number, ...unknown[]], position: Position): Position {
  return position[2] === undefined ? [x, y] : [x, y, position[2]]
}

/** A geometry with every position converted. */
export function convertGeometry<G extends Geometry>(geometry: G, convert: (position: Position) => Position): G {
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map((part) => convertGeometry(part, convert)) }
  return { ...geometry, coordinates: deep(geometry.coordinates, convert) }
}

type Nested = Position | Nested[]
function deep(coordinates: Nested, convert: (position: Position) => Position): Nested {
  return typeof coordinates[0] === 'number' ? convert(coordinates as Position) : (coordinates as Nested[]).map((inner) => deep(inner, convert))
}
