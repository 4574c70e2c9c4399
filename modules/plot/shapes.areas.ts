import { between, cross, distance, leftOf, minus, plus, scaled, unit, type Vec } from './shapes.plane.ts'

/** About the origin of an azimuthal plane this is the true circle on the sphere. */
export function circle(centre: Vec, edge: Vec, corners = 128): Vec[] {
  const r = distance(centre, edge)
  const start = Math.atan2(edge.y - centre.y, edge.x - centre.x)
  return Array.from({ length: corners }, (_, i) => {
    const angle = start + (2 * Math.PI * i) / corners
    return { x: centre.x + r * Math.cos(angle), y: centre.y + r * Math.sin(angle) }
  })
}

/** From the start edge clockwise to the bearing of the end; the radius is that of the start. Empty where the two bearings are one. */
export function sector(centre: Vec, startEdge: Vec, endEdge: Vec): Vec[] {
  const r = distance(centre, startEdge)
  const start = Math.atan2(startEdge.y - centre.y, startEdge.x - centre.x)
  const end = Math.atan2(endEdge.y - centre.y, endEdge.x - centre.x)
  const sweep = (((start - end) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)
  if (r === 0 || sweep < 1e-6 || 2 * Math.PI - sweep < 1e-6) return []
  const steps = Math.max(2, Math.ceil((sweep / (2 * Math.PI)) * 128))
  const arc = Array.from({ length: steps + 1 }, (_, i) => {
    const angle = start - (sweep * i) / steps
    return { x: centre.x + r * Math.cos(angle), y: centre.y + r * Math.sin(angle) }
  })
  return [centre, ...arc]
}

/** How far the third point of an assembly area lies from the line of the first two when it has not been set. */
const defaultBulge = 0.5
/** Of the longest side: an area drawn with its points nearly in line is still this broad. */
const leastBreadth = 0.12

/** The third point where only two are set. */
export function assemblyThird(a: Vec, b: Vec): Vec {
  return plus(between(a, b), leftOf(minus(b, a)), defaultBulge)
}

/**
 * The smallest ellipse through three points (Steiner's): c + f1·cos t + f2·sin t, smooth and without crossings
 * whatever the points. Points in line would leave it no breadth, so it is then given some.
 */
export function assemblyArea(a: Vec, b: Vec, c: Vec, corners = 72): Vec[] {
  const middle = scaled(plus(plus(a, b), c), 1 / 3)
  let f1 = minus(a, middle)
  let f2 = scaled(minus(b, c), 1 / Math.sqrt(3))
  const longest = Math.max(distance(a, b), distance(b, c), distance(c, a))
  const breadth = Math.abs(cross(f1, f2)) / longest
  if (breadth < leastBreadth * longest) {
    const side = f1.x ** 2 + f1.y ** 2 > f2.x ** 2 + f2.y ** 2 ? f1 : f2
    const lift = scaled(leftOf(unit(side)), (leastBreadth * longest - breadth) * (cross(f1, f2) < 0 ? -1 : 1))
    if (side === f1) f2 = plus(f2, lift)
    else f1 = minus(f1, lift)
  }
  return Array.from({ length: corners }, (_, i) => {
    const t = (2 * Math.PI * i) / corners
    return plus(plus(middle, f1, Math.cos(t)), f2, Math.sin(t))
  })
}
