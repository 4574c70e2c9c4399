import { boxAround, boxHolds, type BBox } from '../../bbox.ts'
import { isInside } from '../../rings.ts'
import { degreesOf, readEchartsMap, verticesPerDegree, type EchartsArea } from './echartsMap.ts'
import { edgesOf, extentsOf, joined, NearPoints, type BorderEdge } from './edges.ts'

export type BoundaryClass = 'national' | 'region' | 'prefecture' | 'county'
export interface Boundary {
  class: BoundaryClass
  lines: [number, number][][]
}

const xinjiang = '650000'
const degree = verticesPerDegree

/**
 * Lines between prefectures of Xinjiang, between provinces, and the land border of China, from two maps made apart:
 * they are schematic (示意) and say so. Coasts are no boundaries and are left to the land.
 */
export function readBoundaries(coast: Iterable<readonly [number, number]>): { boundaries: Boundary[]; prefectures: EchartsArea[] } {
  const provinces = readEchartsMap('china')
  const prefectures = readEchartsMap('province/xinjiang').map((area) => (area.code === '652200' ? { ...area, code: '650500' } : area))
  const coastal = new NearPoints(0.5)
  for (const [x, y] of coast) coastal.add(x, y)

  const found: Record<BoundaryClass, BorderEdge[]> = { national: [], region: [], prefecture: [], county: [] }
  const ofChina = edgesOf(provinces)
  const toNeighbours = new NearPoints(0.45 * degree)
  for (const { a, owners } of ofChina) if (owners.length > 1 && owners.includes(xinjiang)) toNeighbours.add(a[0], a[1])

  // Xinjiang's own outline comes from the finer map of its prefectures.
  const others = provinces.filter(({ code }) => code !== xinjiang)
  sortOut(ofChina.filter(({ owners }) => !owners.includes(xinjiang)), provinces, 0.12, {
    between: (edge) => { found.region.push(edge) },
    outer: (edge) => { if (!coastal.has(...degreesOf(middleOf(edge)))) found.national.push(edge) },
  })
  sortOut(edgesOf(prefectures), prefectures, 0.06, {
    between: (edge) => { found[edge.owners.some((code) => code.startsWith('6590')) ? 'county' : 'prefecture'].push(edge) },
    outer: (edge) => { found[toNeighbours.has(...middleOf(edge)) || insideAny(others, middleOf(edge)) ? 'region' : 'national'].push(edge) },
  })
  const extent = extentsOf(Object.values(found).flat())
  const kept = (kind: BoundaryClass) => found[kind].filter((edge) => extent(edge) >= leastExtent[kind] * degree)
  return { prefectures, boundaries: (Object.keys(found) as BoundaryClass[]).map((kind) => ({ class: kind, lines: joined(kept(kind)) })) }
}

/** In degrees. What hangs together but reaches no farther is a sliver between areas that were drawn apart, or an island off the coast. */
const leastExtent: Record<BoundaryClass, number> = { national: 0.8, region: 0.2, prefecture: 0.12, county: 0.04 }

interface Sides {
  between(edge: BorderEdge): void
  outer(edge: BorderEdge): void
}

/**
 * An edge that two areas share lies between them. One that is drawn once only is outer, unless there are areas on both
 * sides of it a little way off: then two neighbours were drawn apart, and one line of the two is kept.
 */
function sortOut(edges: readonly BorderEdge[], areas: readonly EchartsArea[], offDegrees: number, { between, outer }: Sides): void {
  const off = offDegrees * degree
  const drawnBy = new Map<string, NearPoints>()
  for (const edge of edges) {
    if (edge.owners.length > 1) {
      between(edge)
      continue
    }
    const [x, y] = middleOf(edge)
    const [dx, dy] = [edge.b[0] - edge.a[0], edge.b[1] - edge.a[1]]
    const scale = off / Math.hypot(dx, dy)
    const sides = [insideAny(areas, [x - dy * scale, y + dx * scale]), insideAny(areas, [x + dy * scale, y - dx * scale])]
    if (!sides.every(Boolean)) {
      outer(edge)
      continue
    }
    const [owner = ''] = edge.owners
    if ([...drawnBy].some(([code, points]) => code !== owner && points.has(x, y))) continue
    const own = drawnBy.get(owner) ?? new NearPoints(2 * off)
    drawnBy.set(owner, own)
    own.add(x, y)
    between(edge)
  }
}

function middleOf({ a, b }: BorderEdge): [number, number] {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
}

const boxes = new WeakMap<EchartsArea, (BBox | null)[]>()

function insideAny(areas: readonly EchartsArea[], [x, y]: readonly [number, number]): boolean {
  return areas.some((area) => {
    const known = boxes.get(area) ?? area.polygons.map(([outer = []]) => boxAround(outer))
    boxes.set(area, known)
    return area.polygons.some((rings, i) => {
      const box = known[i]
      // In the outer ring and in no hole: inside an odd number of rings.
      return box && boxHolds(box, [x, y, x, y]) && rings.filter((ring) => isInside([x, y], ring)).length % 2 === 1
    })
  })
}
