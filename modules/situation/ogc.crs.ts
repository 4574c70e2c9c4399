import { converter, type Crs } from '#core/geo/crs.ts'
import type { Position } from '#core/geo/geojson.ts'

/** A coordinate reference system as OGC API Features names it (Part 2), with positions in the order of its own axes. */
export interface OgcSystem {
  uri: string
  /** Degrees: a box may lie across the 180th meridian. */
  isGeographic: boolean
  /** Latitude, northing before longitude, easting: as EPSG defines 4490 and 4326. */
  isNorthFirst: boolean
  fromLonLat(position: Position): Position
  toLonLat(position: Position): Position
}

const epsg = (code: number) => `http://www.opengis.net/def/crs/EPSG/0/${code}`

/** Longitude before latitude: what is stored, and the answer unless asked otherwise. */
export const crs84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
export const cgcs2000 = epsg(4490)
export const wgs84 = epsg(4326)
export const webMercator = epsg(3857)

export const ogcSystems: Readonly<Record<string, OgcSystem>> = {
  [crs84]: { uri: crs84, isGeographic: true, isNorthFirst: false, fromLonLat: (position) => position, toLonLat: (position) => position },
  [cgcs2000]: northFirst(cgcs2000),
  [wgs84]: northFirst(wgs84),
  [webMercator]: projected(webMercator, 'EPSG:3857'),
}
export const ogcCrsUris = Object.keys(ogcSystems) as [string, ...string[]]

function northFirst(uri: string): OgcSystem {
  const swap = ([a, b, ...height]: Position): Position => [b, a, ...height]
  return { uri, isGeographic: true, isNorthFirst: true, fromLonLat: swap, toLonLat: swap }
}

function projected(uri: string, crs: Crs): OgcSystem {
  const [forward, backward] = [converter('EPSG:4326', crs), converter(crs, 'EPSG:4326')]
  return {
    uri, isGeographic: false, isNorthFirst: false,
    // The poles lie at infinity. A millimetre is as fine as what is stored.
    fromLonLat: ([lon, lat, ...height]) => {
      const [x, y] = forward([lon, Math.min(Math.max(lat, -farthestNorth), farthestNorth)])
      return [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000, ...height]
    },
    toLonLat: backward,
  }
}

const farthestNorth = 89.9
