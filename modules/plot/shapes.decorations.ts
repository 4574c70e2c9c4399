import type { Geometry, Position } from '#core/geo/geojson.ts'
import { lengthOf, walk } from './shapes.curves.ts'
import { leftOf, length, minus, planeOf, plus, rounded, unit, type Vec } from './shapes.plane.ts'

/**
 * The four arrows of F10200 (inward: the incident is being contained) and F10300 (outward: it spreads), as lines to be
 * drawn with the outline's colour and width: at the four places of the outline that lie a quarter of it apart, square
 * to it, a fifth of the area's size long. Null for what is no area.
 */
export function areaArrows(geometry: Geometry, direction: 'in' | 'out'): Geometry | null {
  const outline = geometry.type === 'Polygon' ? geometry.coordinates[0]! : null
  if (!outline || outline.length < 4) return null
  const corners = outline.map(([lon, lat]): Position & [number, number] => [lon, lat])
  const plane = planeOf(corners)
  const path = corners.map((p) => plane.toPlane(p))
  const around = lengthOf(path)
  if (around === 0) return null
  const long = Math.min(around / 14, sizeAcross(path) * 0.2)
  const arrows = walk(path, around / 8, around * (7 / 8), 3).flatMap(({ at, along }) => {
    // The ring runs counter-clockwise, so its left is inside.
    const inward = leftOf(along)
    const near = plus(at, inward, direction === 'in' ? 0.25 * long : -0.25 * long)
    const far = plus(at, inward, direction === 'in' ? 1.25 * long : -1.25 * long)
    const back = unit(minus(near, far))
    const barb = (side: number) => plus(plus(far, back, 0.4 * long), leftOf(back), side * 0.28 * long)
    return [[near, far], [barb(1), far, barb(-1)]]
  })
  return { type: 'MultiLineString', coordinates: arrows.map((arrow) => arrow.map((v: Vec) => rounded(plane.toEarth(v)))) }
}

function sizeAcross(path: readonly Vec[]): number {
  const middle = path.slice(1).reduce((sum, v) => plus(sum, v, 1 / (path.length - 1)), { x: 0, y: 0 })
  return 2 * Math.min(...path.map((v) => length(minus(v, middle))))
}
