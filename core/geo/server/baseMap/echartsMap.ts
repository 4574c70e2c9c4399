import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A vertex in 1/1024 degree, as the map data of echarts 4 stores it: whole numbers can be compared. */
export type Vertex = readonly [x: number, y: number]
export const verticesPerDegree = 1024

export interface EchartsArea {
  code: string
  name: string
  /** Outer ring and holes of each part. */
  polygons: Vertex[][][]
}

interface EncodedMap {
  features: {
    id?: string
    properties: { id?: string; name: string }
    geometry: { type: 'Polygon'; coordinates: string[]; encodeOffsets: [number, number][] } | { type: 'MultiPolygon'; coordinates: string[][]; encodeOffsets: [number, number][][] }
  }[]
}

/** Areas of one of the maps that come with echarts 4.9 (Apache-2.0): `china`, `province/xinjiang`. */
export function readEchartsMap(name: string): EchartsArea[] {
  const { features } = JSON.parse(readFileSync(require.resolve(`echarts/map/json/${name}.json`), 'utf8')) as EncodedMap
  return features.map(({ id, properties, geometry }) => ({
    code: id ?? properties.id ?? '',
    name: properties.name,
    polygons: geometry.type === 'Polygon'
      ? [geometry.coordinates.map((ring, i) => decodeRing(ring, geometry.encodeOffsets[i]!))]
      : geometry.coordinates.map((polygon, i) => polygon.map((ring, k) => decodeRing(ring, geometry.encodeOffsets[i]![k]!))),
  }))
}

/** Each character is one step, zigzag-coded and shifted by 64; x and y take turns. */
function decodeRing(text: string, [startX, startY]: [number, number]): Vertex[] {
  const ring: Vertex[] = []
  let [x, y] = [startX, startY]
  for (let i = 0; i + 1 < text.length; i += 2) {
    x += unzigzag(text.charCodeAt(i) - 64)
    y += unzigzag(text.charCodeAt(i + 1) - 64)
    ring.push([x, y])
  }
  const [first, last] = [ring[0], ring.at(-1)]
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) ring.push(first)
  return ring
}

function unzigzag(n: number): number {
  return (n >> 1) ^ -(n & 1)
}

export function degreesOf([x, y]: Vertex): [number, number] {
  return [x / verticesPerDegree, y / verticesPerDegree]
}
