import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossings } from '#core/geo/crossings.ts'
import { geodesicMetres } from '#core/geo/measure.ts'
import type { Geometry, Position } from '#core/geo/geojson.ts'
import { partsOf } from '#core/geo/geometryParts.ts'
import { areaArrows, canInsert, handlesOf, insertHandle, isComplete, moveHandle, pointLimits, removeHandle, strokeGeometry, translate, type Figure } from './shapes.ts'
import { shapes, type Shape } from './stroke.ts'

const figure = (shape: Shape, points: [number, number][], symbol = ''): Figure => ({ shape, points, symbol })
const positions = (geometry: Geometry): Position[] => {
  const { points, lines, areas } = partsOf(geometry)
  return [...points, ...lines.flat(), ...areas.flat(2)]
}
const ring = (geometry: Geometry): Position[] => {
  if (geometry.type !== 'Polygon') throw new Error(geometry.type)
  return geometry.coordinates[0]!
}
const signedArea = (r: readonly Position[]) => r.slice(1).reduce((sum, p, i) => sum + (r[i]![0] - r[0]![0]) * (p[1] - r[0]![1]) - (p[0] - r[0]![0]) * (r[i]![1] - r[0]![1]), 0)

/** Points as hands make them: near each other, far apart, twice the same, in line. */
const point = fc.tuple(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -1_000, max: 1_000 }))
const drawn = fc.record({
  shape: fc.constantFrom(...shapes),
  symbol: fc.constantFrom('', 'F10200', 'E10100', 'A10300'),
  scale: fc.constantFrom(1e-7, 1e-5, 1e-3, 1e-2),
  centre: fc.constantFrom<[number, number]>([80, 45], [78.63, 41.26], [0, 0], [120, -33], [87.6, 60]),
  cells: fc.array(fc.oneof(point, fc.tuple(fc.integer({ min: -2, max: 2 }), fc.constant(0))), { minLength: 1, maxLength: 12 }),
}).map(({ shape, symbol, scale, centre, cells }): Figure => figure(shape, cells.map(([x, y]): [number, number] => [Math.round((centre[0] + x * scale) * 1e7) / 1e7, Math.round((centre[1] + y * scale) * 1e7) / 1e7]), symbol))

describe('strokeGeometry, whatever the points', () => {
  it('gives finite positions of at most seven decimals and rings that close, turn left and have corners', () => {
    fc.assert(fc.property(drawn, (f) => {
      const geometry = strokeGeometry(f)
      for (const [lon, lat] of positions(geometry)) {
        expect(Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lat) <= 90).toBe(true)
        expect([Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]).toEqual([lon, lat])
      }
      if (geometry.type === 'LineString') expect(geometry.coordinates.length).toBeGreaterThanOrEqual(2)
      if (geometry.type === 'Polygon') {
        const r = ring(geometry)
        expect(r.length).toBeGreaterThanOrEqual(4)
        expect(r[0]).toEqual(r.at(-1))
        const size = Math.max(...r.map((p) => Math.hypot(p[0] - r[0]![0], p[1] - r[0]![1])))
        // What has no breadth turns neither way.
        expect(signedArea(r)).toBeGreaterThanOrEqual(-1e-12 * size * size)
      }
      // A way that turns back on itself in one line.
    }), { numRuns: 3_000, examples: [[figure('attack-arrow', [[0.002, 0], [-0.001, 0], [0, 0], [0, 0], [-0.027, 0.457]])]] })
  })

  it('stays near its points: nothing lies farther off than a few times their extent', () => {
    fc.assert(fc.property(drawn, (f) => {
      const spread = Math.max(...f.points.flatMap((p) => f.points.map((q) => geodesicMetres(p, q))))
      const reach = Math.max(...positions(strokeGeometry(f)).map((p) => Math.min(...f.points.map((q) => geodesicMetres(p, q)))))
      expect(reach).toBeLessThanOrEqual(spread * 2.5 + 0.1)
    }), { numRuns: 1_000 })
  })

  it('is the same each time, and has at most a few thousand positions', () => {
    fc.assert(fc.property(drawn, (f) => {
      const geometry = strokeGeometry(f)
      expect(strokeGeometry(structuredClone(f))).toEqual(geometry)
      expect(positions(geometry).length).toBeLessThan(5_000)
    }), { numRuns: 500 })
  })

  it('draws every shape from its proper points as the geometry it is', () => {
    const five: [number, number][] = [[80, 45], [80.1, 45.01], [80.12, 45.1], [79.98, 45.1], [80.05, 45.04]]
    const kinds = Object.fromEntries(shapes.map((shape) => [shape, strokeGeometry(figure(shape, five.slice(0, Math.max(pointLimits[shape].min, Math.min(5, pointLimits[shape].max))))).type]))
    expect(kinds).toEqual({
      symbol: 'Point', text: 'Point', note: 'LineString', line: 'LineString', freehand: 'LineString', curve: 'LineString', 'double-line': 'MultiLineString',
      polygon: 'Polygon', 'closed-curve': 'Polygon', circle: 'Polygon', sector: 'Polygon', rectangle: 'Polygon', 'straight-arrow': 'Polygon',
      'fine-arrow': 'MultiLineString', 'attack-arrow': 'Polygon', 'pincer-arrow': 'Polygon', 'assembly-area': 'Polygon',
    })
  })

  it('shows what there is while points are missing, twice the same or in line', () => {
    for (const shape of shapes) {
      expect(strokeGeometry(figure(shape, [[80, 45]])).type).toBe('Point')
      expect(strokeGeometry(figure(shape, [[80, 45], [80, 45], [80, 45]])).type).toBe('Point')
    }
    expect(strokeGeometry(figure('polygon', [[80, 45], [81, 45]])).type).toBe('LineString')
    expect(strokeGeometry(figure('attack-arrow', [[80, 45], [80.1, 45]])).type).toBe('LineString')
    expect(strokeGeometry(figure('sector', [[80, 45], [80, 45.1], [80, 45.2]])).type).toBe('LineString')
    const inLine = ring(strokeGeometry(figure('assembly-area', [[80, 45], [80.1, 45], [80.2, 45]])))
    expect(signedArea(inLine)).toBeGreaterThan(0.001)
  })

  it('is complete with as many different points as the shape needs', () => {
    expect(isComplete(figure('polygon', [[80, 45], [81, 45], [81, 46]]))).toBe(true)
    expect(isComplete(figure('polygon', [[80, 45], [81, 45], [80, 45]]))).toBe(false)
  })
})

describe('worked examples', () => {
  it('a circle of 10 km at 45° N is 10 km in every direction, on the ellipsoid to 0.4 %', () => {
    const edge: [number, number] = [80, 45.0899322]
    for (const p of ring(strokeGeometry(figure('circle', [[80, 45], edge])))) {
      const metres = geodesicMetres([80, 45], p)
      expect(metres).toBeGreaterThan(9_960)
      expect(metres).toBeLessThan(10_040)
    }
  })

  it('a sector from north to east is a quarter of the circle, clockwise; from east to north three quarters', () => {
    const quarter = ring(strokeGeometry(figure('sector', [[80, 45], [80, 45.1], [80.3, 45]])))
    const most = ring(strokeGeometry(figure('sector', [[80, 45], [80.1414, 45], [80, 45.3]])))
    expect(quarter.every(([lon, lat]) => lon >= 80 - 1e-6 && lat >= 45 - 1e-3)).toBe(true)
    expect(most.some(([lon, lat]) => lon < 79.9 && lat < 45.05)).toBe(true)
    expect(signedArea(most) / signedArea(quarter)).toBeCloseTo(3, 1)
  })

  it('an arrow keeps its shape at 45° N: its head is as broad across east as across north', () => {
    const breadth = (f: Figure) => { const r = ring(strokeGeometry(f)); return geodesicMetres(r[3]!, r[5]!) / geodesicMetres(f.points[0]!, f.points[1]!) }
    const north = breadth(figure('straight-arrow', [[80, 45], [80, 45.1]]))
    const east = breadth(figure('straight-arrow', [[80, 45], [80.1414, 45]]))
    expect(north).toBeCloseTo(0.24, 2)
    expect(east).toBeCloseTo(0.24, 2)
    expect(strokeGeometry(figure('straight-arrow', [[80, 45], [80, 45.1]]))).toMatchObject({ coordinates: [{ length: 8 }] })
  })

  it('arrows end at their tips, and begin at the corners of their tails', () => {
    const has = (r: readonly Position[], [lon, lat]: [number, number]) => r.some((p) => Math.abs(p[0] - lon) < 2e-7 && Math.abs(p[1] - lat) < 2e-7)
    const attack: [number, number][] = [[80, 45], [80, 45.02], [80.1, 45.05], [80.2, 45.01]]
    const body = ring(strokeGeometry(figure('attack-arrow', attack)))
    expect([attack[0]!, attack[1]!, attack[3]!].every((p) => has(body, p))).toBe(true)
    const pincer: [number, number][] = [[80, 45], [80.1, 45], [80.12, 45.1], [79.98, 45.1], [80.05, 45.04]]
    expect(pincer.every((p) => has(ring(strokeGeometry(figure('pincer-arrow', pincer))), p))).toBe(true)
    const assembly: [number, number][] = [[80, 45], [80.1, 45], [80.06, 45.08]]
    expect(assembly.every((p) => has(ring(strokeGeometry(figure('assembly-area', assembly))), p))).toBe(true)
  })

  it('a pincer of three points is even: its second tip mirrors the first', () => {
    const r = ring(strokeGeometry(figure('pincer-arrow', [[80, 45], [80.1, 45], [80.08, 45.1]])))
    const lons = r.map(([lon]) => lon)
    expect(80.05 - Math.min(...lons)).toBeCloseTo(Math.max(...lons) - 80.05, 4)
  })

  it('a curve passes through its points, a closed one too', () => {
    const points: [number, number][] = [[80, 45], [80.1, 45.1], [80.2, 45], [80.3, 45.05]]
    for (const shape of ['curve', 'closed-curve'] as const) {
      const path = positions(strokeGeometry(figure(shape, points)))
      for (const p of points) expect(Math.min(...path.map((q) => geodesicMetres(p, q)))).toBeLessThan(0.05)
    }
  })

  it('a double line is two lines 3 % of its length apart', () => {
    const geometry = strokeGeometry(figure('double-line', [[80, 45], [80, 45.1]]))
    if (geometry.type !== 'MultiLineString') throw new Error(geometry.type)
    const [left, right] = geometry.coordinates
    expect(geodesicMetres(left![0]!, right![0]!) / geodesicMetres([80, 45], [80, 45.1])).toBeCloseTo(0.03, 3)
  })

  it('a freehand line loses its trembling, not its course; of an area symbol it is closed', () => {
    const points = Array.from({ length: 1_000 }, (_, i): [number, number] => [80 + i / 10_000, 45 + 0.02 * Math.sin(i / 150) + 0.00005 * ((i * 7919) % 3)])
    const line = strokeGeometry(figure('freehand', points))
    expect(positions(line).length).toBeLessThan(1_000)
    for (const p of points.filter((_, i) => i % 50 === 0)) expect(Math.min(...positions(line).map((q) => geodesicMetres(p, q)))).toBeLessThan(150)
    expect(strokeGeometry(figure('freehand', points, 'F10100')).type).toBe('Polygon')
  })

  it('four arrows stand at an area: within it for F10200, without for F10300', () => {
    const square = strokeGeometry(figure('rectangle', [[80, 45], [80.2, 45.1]]))
    const inside = ([lon, lat]: Position) => lon > 80 && lon < 80.2 && lat > 45 && lat < 45.1
    const [inward, outward] = [areaArrows(square, 'in')!, areaArrows(square, 'out')!]
    expect(positions(inward)).toHaveLength(20)
    expect(positions(inward).every(inside)).toBe(true)
    expect(positions(outward).some(inside)).toBe(false)
    expect(areaArrows(strokeGeometry(figure('line', [[80, 45], [81, 45]])), 'in')).toBeNull()
  })
})

describe('outlines of sensibly placed points', () => {
  const turned = (metres: number, degrees: number): [number, number] => [(metres * Math.sin((degrees * Math.PI) / 180)) / 78_850, (metres * Math.cos((degrees * Math.PI) / 180)) / 111_130]
  const walkFrom = (start: [number, number], steps: [number, number][]) => {
    let heading = 0
    const way = [start]
    for (const [metres, turn] of steps) {
      heading += turn
      const [dx, dy] = turned(metres, heading)
      way.push([way.at(-1)![0] + dx, way.at(-1)![1] + dy])
    }
    return way
  }
  const isSimple = (r: readonly Position[]) => {
    const side = (a: Position, b: Position, c: Position) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    for (let i = 1; i < r.length; i++) for (let j = i + 2; j < r.length; j++) {
      const [a, b, c, d] = [r[i - 1]!, r[i]!, r[j - 1]!, r[j]!]
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return false
    }
    return true
  }

  it('of attack arrows do not cross themselves: ways of gentle turns, tails narrower than the way is long', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 3_000, max: 9_000 }), fc.integer({ min: -40, max: 40 })), { minLength: 1, maxLength: 6 }), fc.integer({ min: 200, max: 2_500 }), (steps, tail) => {
      const way = walkFrom([80, 45], steps)
      const [dx] = turned(tail / 2, 90)
      expect(isSimple(ring(strokeGeometry(figure('attack-arrow', [[80 - dx, 45], [80 + dx, 45], ...way.slice(1)]))))).toBe(true)
      // A corner far ahead of the middle of the tail.
    }), { numRuns: 400, examples: [[[[3_000, 33]], 2_453]] })
  })

  it('of attack arrows and pincers neither cross nor touch themselves, whatever their points', () => {
    fc.assert(fc.property(drawn, fc.constantFrom<Shape>('attack-arrow', 'pincer-arrow'), ({ points }, shape) => {
      const geometry = strokeGeometry(figure(shape, points))
      fc.pre(geometry.type === 'Polygon')
      expect(crossings([ring(geometry).filter((p, i, all) => i === 0 || String(p) !== String(all[i - 1]))])).toBe('none')
    }), { numRuns: 400 })
  })

  it('of attack arrows are arrows still where the way is hard to follow', () => {
    const hard: Record<string, [number, number][]> = {
      'a last step shorter than the head': [[80, 45.01], [80, 45.03], [80.08, 45.02], [80.083, 45.026]],
      'a turn back': [[80, 45.01], [80, 45.03], [80.08, 45.02], [80.01, 45.03]],
      'a loop': [[80, 45.01], [80, 45.03], [80.08, 45.02], [80.08, 45.04], [80.05, 45.04], [80.05, 45]],
      'a point twice': [[80, 45.01], [80, 45.03], [80.05, 45.02], [80.05, 45.02], [80.08, 45.05]],
      'a tip near a broad tail': [[80, 45], [80, 45.04], [80.005, 45.021]],
    }
    for (const [name, points] of Object.entries(hard)) {
      const outline = ring(strokeGeometry(figure('attack-arrow', points)))
      expect(isSimple(outline), name).toBe(true)
      expect(outline.length, name).toBeGreaterThan(25)
      for (const corner of [points[0]!, points[1]!, points.at(-1)!]) expect(Math.min(...outline.map((p) => geodesicMetres(p, corner))), name).toBeLessThan(0.05)
    }
  })

  it('of pincers do not cross themselves: tips ahead of the base and no farther aside than ahead', () => {
    fc.assert(fc.property(fc.integer({ min: 2_000, max: 9_000 }), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (base, aside, ahead) => {
      const [half] = turned(base / 2, 90)
      const [dx, dy] = [turned(base * (0.15 + aside / 150), 90)[0], turned(base * (0.9 + ahead / 50), 0)[1]]
      expect(isSimple(ring(strokeGeometry(figure('pincer-arrow', [[80 - half, 45], [80 + half, 45], [80 + dx, 45 + dy]]))))).toBe(true)
    }), { numRuns: 400 })
  })

  it('of assembly areas, circles and sectors never cross themselves', () => {
    fc.assert(fc.property(fc.array(point, { minLength: 3, maxLength: 3 }), fc.constantFrom<Shape>('assembly-area', 'circle', 'sector'), (cells, shape) => {
      const geometry = strokeGeometry(figure(shape, cells.map(([x, y]): [number, number] => [80 + x / 1e4, 45 + y / 1e4])))
      fc.pre(geometry.type === 'Polygon')
      expect(isSimple(ring(geometry))).toBe(true)
    }), { numRuns: 400 })
  })
})

describe('handles', () => {
  it('moved and moved back leave the figure as it was', () => {
    fc.assert(fc.property(drawn, fc.nat(), point, (f, which, [dx, dy]) => {
      // Of a figure a hand's breadth across, the seventh decimal is a good part.
      fc.pre(isComplete(f) && f.points.every((p) => f.points.every((q) => String(p) === String(q) || geodesicMetres(p, q) > 0.5)))
      const held = handlesOf(f).filter((handle) => handle.kind === 'point')
      const { index, at } = held[which % Math.min(held.length, f.shape === 'rectangle' ? 4 : f.shape === 'freehand' ? 25 : f.points.length)]!
      const there = moveHandle(f, index, [at[0] + dx / 1e4, at[1] + dy / 1e4])
      const back = moveHandle(there, index, at)
      expect(handlesOf(back).filter((h) => h.kind === 'point')).toHaveLength(held.length)
      positionsNear(positions(strokeGeometry(back)), positions(strokeGeometry(f)))
    }), { numRuns: 1_500 })
  })

  it('stand where the point was put', () => {
    for (const shape of shapes) {
      const f = figure(shape, [[80, 45], [80.1, 45.02], [80.12, 45.1]].slice(0, Math.max(pointLimits[shape].min, Math.min(3, pointLimits[shape].max))) as [number, number][])
      for (const { index } of handlesOf(f).filter((h) => h.kind === 'point')) {
        const moved = moveHandle(f, index, [80.0512345, 45.0712345])
        expect(handlesOf(moved).find((h) => h.kind === 'point' && h.index === index)?.at, `${shape} ${index}`).toEqual([80.0512345, 45.0712345])
      }
    }
  })

  it('of a circle move it whole by the centre, and stretch it by the edge', () => {
    const circle = figure('circle', [[80, 45], [80.1, 45]])
    const r = geodesicMetres(circle.points[0]!, circle.points[1]!)
    const moved = moveHandle(circle, 0, [81, 44])
    expect(geodesicMetres(moved.points[0]!, moved.points[1]!) / r).toBeCloseTo(1, 2)
    expect(moveHandle(circle, 1, [80.2, 45]).points).toEqual([[80, 45], [80.2, 45]])
  })

  it('of a rectangle are its four corners', () => {
    const rectangle = figure('rectangle', [[80, 45], [81, 46]])
    expect(handlesOf(rectangle).map((h) => h.at)).toEqual([[80, 45], [81, 46], [81, 45], [80, 46]])
    expect(moveHandle(rectangle, 2, [82, 44]).points).toEqual([[80, 44], [82, 46]])
    expect(moveHandle(rectangle, 3, [79, 47]).points).toEqual([[79, 45], [81, 47]])
  })

  it('of a pincer show the points it supplied itself, which follow the others until they are taken', () => {
    const pincer = figure('pincer-arrow', [[80, 45], [80.1, 45], [80.08, 45.1]])
    expect(handlesOf(pincer)).toHaveLength(5)
    expect(moveHandle(pincer, 0, [80.01, 45]).points).toHaveLength(3)
    expect(moveHandle(pincer, 3, [80.03, 45.09]).points).toHaveLength(4)
    expect(moveHandle(pincer, 4, [80.05, 45.05]).points).toHaveLength(5)
  })

  it('can be put in between, and taken out down to the least', () => {
    const polygon = figure('polygon', [[80, 45], [81, 45], [81, 46]])
    const middles = handlesOf(polygon).filter((h) => h.kind === 'insert')
    expect(middles.map((h) => [h.index, h.at])).toEqual([[1, [80.5, 45]], [2, [81, 45.5]], [3, [80.5, 45.5]]])
    const four = insertHandle(polygon, 2, [81.2, 45.5])
    expect(four.points).toEqual([[80, 45], [81, 45], [81.2, 45.5], [81, 46]])
    expect(removeHandle(four, 2)).toEqual(polygon)
    expect(removeHandle(polygon, 0)).toBe(polygon)
    expect(insertHandle(figure('circle', [[80, 45], [81, 45]]), 1, [80, 46]).points).toHaveLength(2)
    expect(handlesOf(figure('attack-arrow', [[80, 45], [80, 45.1], [81, 45]])).filter((h) => h.kind === 'insert').map((h) => h.index)).toEqual([2])
    expect(canInsert(figure('sector', [[80, 45], [80, 45.1], [81, 45]]))).toBe(false)
  })

  it('of a freehand line are few, and the points between follow', () => {
    const f = figure('freehand', Array.from({ length: 500 }, (_, i): [number, number] => [80 + i / 1_000, 45]))
    const held = handlesOf(f)
    expect(held).toHaveLength(25)
    const moved = moveHandle(f, 12, [held[12]!.at[0], 45.01])
    expect(Math.max(...moved.points.map((p) => p[1]))).toBe(45.01)
    expect(moved.points.filter((p) => p[1] > 45).length).toBeGreaterThan(30)
    expect(moved.points.filter((p) => p[1] > 45).length).toBeLessThan(45)
  })
})

describe('translate', () => {
  it('keeps size and shape on the ground, and back again is where it was', () => {
    fc.assert(fc.property(drawn, (f) => {
      const from = f.points[0]!
      const to: [number, number] = [from[0] + 1.5, from[1] > 0 ? from[1] - 4 : from[1] + 4]
      const moved = translate(f, from, to)
      expect(moved.points[0]![0]).toBeCloseTo(to[0], 6)
      expect(moved.points[0]![1]).toBeCloseTo(to[1], 6)
      positionsNear(translate(moved, to, from).points, f.points)
    }), { numRuns: 500 })
  })
})

/** Within 1e-6 of a degree, about ten centimetres: positions are rounded to a tenth of that at each step. */
function positionsNear(a: readonly Position[], b: readonly Position[]): void {
  expect(a.length).toBe(b.length)
  const off = Math.max(...a.flatMap((p, i) => [Math.abs(p[0] - b[i]![0]), Math.abs(p[1] - b[i]![1])]))
  expect(off).toBeLessThan(1e-6)
}

describe('speed', () => {
  it('computes 1,000 strokes of all shapes within a second on one core', () => {
    const five: [number, number][] = [[80, 45], [80.1, 45], [80.12, 45.1], [79.98, 45.1], [80.05, 45.04]]
    const figures = Array.from({ length: 1_000 }, (_, i) => figure(shapes[i % shapes.length]!, five))
    const start = performance.now()
    const drawnPositions = figures.reduce((sum, f) => sum + positions(strokeGeometry(f)).length, 0)
    expect(drawnPositions).toBeGreaterThan(10_000)
    // 0.15 s on a quiet machine; the bound is for a busy one.
    expect(performance.now() - start).toBeLessThan(1_500)
  })
})
