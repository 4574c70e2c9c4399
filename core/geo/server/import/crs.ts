import proj4 from 'proj4'
import { refuse, type Sentence } from '#core/kernel/index.ts'
import { converter } from '../../crs.ts'

/** A coordinate system we can bring into degrees of CGCS2000 / WGS 84, which differ by centimetres and are held to be one. */
export interface Crs {
  name: string
  /** Coordinates are degrees; otherwise they are metres. */
  degrees: boolean
  /** Null where there is nothing to do. */
  toDegrees: ((x: number, y: number) => [lon: number, lat: number]) | null
}

export const wgs84: Crs = { name: 'EPSG:4326 WGS 84', degrees: true, toDegrees: null }
const cgcs2000: Crs = { name: 'EPSG:4490 CGCS2000', degrees: true, toDegrees: null }
const webMercator: Crs = { name: 'EPSG:3857 Web Mercator', degrees: false, toDegrees: fromMercator }
const corrected = converter('GCJ-02', 'EPSG:4490')
const gcj02: Crs = {
  name: 'GCJ-02', degrees: true,
  toDegrees: (x, y) => {
    const [lon, lat] = corrected([x, y])
    return [lon, lat]
  },
}

const radius = 6378137
function fromMercator(x: number, y: number): [number, number] {
  return [(x / radius) * (180 / Math.PI), (2 * Math.atan(Math.exp(y / radius)) - Math.PI / 2) * (180 / Math.PI)]
}

const ellipsoid = '+ellps=GRS80 +units=m +no_defs'

function projected(name: string, definition: string): Crs {
  const converter = proj4(definition)
  return { name, degrees: false, toDegrees: (x, y) => converter.inverse([x, y]) as [number, number] }
}

const gaussKrueger = (name: string, meridian: number, easting: number) =>
  projected(name, `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=${easting} +y_0=0 ${ellipsoid}`)

/** By EPSG number: the geographic systems, Web Mercator, the Gauss-Krüger zones of CGCS2000, UTM. */
export function crsByEpsg(code: number): Crs | null {
  if (code === 4326 || code === 4979) return wgs84
  if (code === 4490 || code === 4480) return cgcs2000
  if ([3857, 900913, 3785, 102100, 102113].includes(code)) return webMercator
  const name = `EPSG:${code} CGCS2000 Gauss-Krüger`
  if (code >= 4491 && code <= 4501) return gaussKrueger(name, 75 + 6 * (code - 4491), (13 + code - 4491) * 1e6 + 5e5)
  if (code >= 4502 && code <= 4512) return gaussKrueger(name, 75 + 6 * (code - 4502), 5e5)
  if (code >= 4513 && code <= 4533) return gaussKrueger(name, 75 + 3 * (code - 4513), (25 + code - 4513) * 1e6 + 5e5)
  if (code >= 4534 && code <= 4554) return gaussKrueger(name, 75 + 3 * (code - 4534), 5e5)
  if (code >= 32601 && code <= 32660) return projected(`EPSG:${code} WGS 84 UTM`, `+proj=utm +zone=${code - 32600} ${ellipsoid}`)
  return null
}

/** `--crs`: a number of the EPSG, or gcj02. */
export function crsByChoice(choice: string): Crs {
  if (/^gcj-?02$/i.test(choice)) return gcj02
  const crs = crsByEpsg(Number(/^(?:EPSG:)?(\d{4,6})$/i.exec(choice)?.[1]))
  if (!crs) throw refuse('import.crs-unknown', `不认识坐标系 ${choice}：可用 4490、4326、3857、gcj02、4491–4554（CGCS2000 高斯-克吕格）、326xx（UTM）`, `Unknown coordinate system ${choice}: there are 4490, 4326, 3857, gcj02, 4491–4554 (CGCS2000 Gauss-Krüger) and 326xx (UTM)`)
  return crs
}

/** What a file says of itself: `EPSG:4490`, `urn:ogc:def:crs:EPSG::4490`, `…:OGC:1.3:CRS84`, or WKT. */
export function crsByDeclaration(declared: string): Crs {
  if (/CRS:?84$/i.test(declared)) return wgs84
  const code = /^(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[^:]*:|https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/[^/]+\/)(\d{4,6})$/i.exec(declared.trim())
  const crs = code ? crsByEpsg(Number(code[1])) : /^\s*(GEOG|PROJ|COMPD|BOUND)\w*\s*\[/i.test(declared) ? crsByWkt(declared) : null
  if (crs) return crs
  throw refuse('import.crs-unsupported', `文件的坐标系是“${declared.slice(0, 120)}”，不能直接换算：请先转换为 CGCS2000 经纬度（EPSG:4490），或用 --crs 指明实际坐标系`, `The file’s coordinate system is “${declared.slice(0, 120)}”, which we cannot convert: convert it to degrees of CGCS2000 (EPSG:4490) first, or state what it really is with --crs`)
}

/** A `.prj`, by ESRI or OGC. Only datums that agree with CGCS2000 are taken: others are off by up to a hundred metres. */
function crsByWkt(wkt: string): Crs | null {
  const title = /^\s*\w+\s*\[\s*"([^"]{0,80})"/.exec(wkt)?.[1] ?? 'WKT'
  const outer = [...wkt.matchAll(/(?:AUTHORITY\s*\[\s*"EPSG"\s*,\s*"?(\d+)"?\s*\]|ID\s*\[\s*"EPSG"\s*,\s*(\d+)\s*\])\s*\]\s*$/gi)].at(-1)
  const known = outer ? crsByEpsg(Number(outer[1] ?? outer[2])) : null
  if (known) return known
  const datum = /(?:DATUM|ENSEMBLE)\s*\[\s*"([^"]{0,80})"/i.exec(wkt)?.[1] ?? ''
  if (!/WGS_?\s?(19)?84|World Geodetic System 1984|CGCS_?2000|China_?\s?(2000|Geodetic_?\s?Coordinate_?\s?System_?\s?2000)/i.test(datum)) {
    throw refuse('import.datum', `坐标系“${title}”的基准是“${datum}”，与 CGCS2000 相差可达百米：请先用 GIS 软件转换为 EPSG:4490`, `The datum of “${title}” is “${datum}”, up to a hundred metres off CGCS2000: convert it to EPSG:4490 with a GIS first`)
  }
  if (/^\s*GEOG/i.test(wkt)) return { ...(/CGCS|China/i.test(datum) ? cgcs2000 : wgs84) }
  if (/Mercator_Auxiliary_Sphere|Pseudo.Mercator/i.test(wkt)) return webMercator
  const method = /(?:PROJECTION|METHOD)\s*\[\s*"([^"]{0,80})"/i.exec(wkt)?.[1] ?? ''
  const unit = Number([...wkt.matchAll(/(?:LENGTH)?UNIT\s*\[\s*"[^"]{0,40}"\s*,\s*([\d.eE+-]+)/gi)].at(-1)?.[1] ?? 1)
  const kind = /Gauss_?\s?Kr|Transverse_?\s?Mercator/i.test(method) ? 'tmerc' : /Lambert_Conformal|Lambert Conic Conformal/i.test(method) ? 'lcc' : /Albers/i.test(method) ? 'aea' : null
  if (!kind || unit !== 1) return null
  const value = (...names: string[]) => {
    for (const name of names) {
      const found = Number(new RegExp(`PARAMETER\\s*\\[\\s*"${name}"\\s*,\\s*([\\d.eE+-]{1,30})`, 'i').exec(wkt)?.[1] ?? NaN)
      if (Number.isFinite(found)) return found
    }
    return undefined
  }
  const lon = value('central_meridian', 'longitude_of_center', 'longitude of natural origin', 'longitude of false origin') ?? 0
  const lat = value('latitude_of_origin', 'latitude_of_center', 'latitude of natural origin', 'latitude of false origin') ?? 0
  const east = value('false_easting', 'easting at false origin') ?? 0
  const north = value('false_northing', 'northing at false origin') ?? 0
  const scale = value('scale_factor', 'scale factor at natural origin') ?? 1
  const first = value('standard_parallel_1', 'latitude of 1st standard parallel')
  const second = value('standard_parallel_2', 'latitude of 2nd standard parallel')
  if (kind !== 'tmerc' && first === undefined) return null
  const parallels = kind === 'tmerc' ? `+k=${scale}` : `+lat_1=${first} +lat_2=${second ?? first}`
  return projected(title, `+proj=${kind} +lat_0=${lat} +lon_0=${lon} ${parallels} +x_0=${east} +y_0=${north} ${ellipsoid}`)
}

/** What coordinates that are no degrees probably are, and how to mend it. */
export function guessCrs(x: number, y: number): Sentence {
  const shown = `(${x}, ${y})`
  const zone = Math.floor(x / 1e6)
  if (Math.abs(x) <= 90 && Math.abs(y) <= 180) return { zh: `坐标 ${shown} 像是先纬度后经度：请对调后再导入`, en: `The coordinate ${shown} looks like latitude before longitude: swap them and import again` }
  if (zone >= 13 && zone <= 45 && y > 0 && y < 6e6 && x % 1e6 > 1e5 && x % 1e6 < 9e5) {
    const code = zone <= 23 ? 4491 + zone - 13 : 4513 + zone - 25
    return { zh: `坐标 ${shown} 像是高斯-克吕格第 ${zone} 带：若为 CGCS2000，请加 --crs ${code}`, en: `The coordinate ${shown} looks like Gauss-Krüger zone ${zone}: if it is CGCS2000, add --crs ${code}` }
  }
  if (x > 8e6 && x < 1.55e7 && y > 0 && y < 7.5e6) return { zh: `坐标 ${shown} 像是 Web 墨卡托：请加 --crs 3857`, en: `The coordinate ${shown} looks like Web Mercator: add --crs 3857` }
  if (x > 1e5 && x < 9e5 && y > 0 && y < 6e6) return { zh: `坐标 ${shown} 像是不带带号的高斯-克吕格或 UTM：请按中央经线加 --crs（75°E 三度带为 4534，每三度加一）`, en: `The coordinate ${shown} looks like Gauss-Krüger without its zone, or UTM: add --crs by its central meridian (4534 for the three-degree zone of 75°E, one more for each three degrees)` }
  return { zh: `坐标 ${shown} 不是经纬度，可能是投影坐标：请用 --crs 指明，或先转换为 EPSG:4490`, en: `The coordinate ${shown} is not in degrees, it may be projected: state it with --crs, or convert it to EPSG:4490 first` }
}
