import { boxAround, boxHolds, world, type BBox } from '../../bbox.ts'
import type { Geometry, Position } from '../../geojson.ts'
import { isInside, signedArea } from '../../rings.ts'

/**
 * A Shapefile writes a polygon as a heap of rings: outer ones clockwise, holes counter-clockwise, in any order.
 * GeoJSON wants each hole with its polygon, and the other directions.
 */
export function ringsToPolygons(rings: Position[][]): Geometry {
  const areas = rings.map(signedArea)
  const outer: { ring: Position[]; area: number; box: BBox; holes: Position[][] }[] = []
  rings.forEach((ring, i) => {
    if ((areas[i] as number) <= 0) outer.push({ ring: ring.toReversed(), area: -(areas[i] as number), box: boxAround(ring) ?? world, holes: [] })
  })
  // A file whose writer knew nothing of directions.
  if (outer.length === 0) return multi(rings.map((ring) => [ring]))
  rings.forEach((ring, i) => {
    if ((areas[i] as number) <= 0) return
    const box = boxAround(ring) ?? world
    const around = outer.length === 1 ? outer : outer.filter((o) => boxHolds(o.box, box) && isInside(ring[0] as Position, o.ring)).sort((a, b) => a.area - b.area)
    if (around[0]) around[0].holes.push(ring.toReversed())
    else outer.push({ ring, area: areas[i] as number, box, holes: [] })
  })
  return multi(outer.map(({ ring, holes }) => [ring, ...holes]))
}

function multi(polygons: Position[][][]): Geometry {
  return polygons.length === 1 ? { type: 'Polygon', coordinates: polygons[0] as Position[][] } : { type: 'MultiPolygon', coordinates: polygons }
}
