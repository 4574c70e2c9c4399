/** A position as it comes: longitude, latitude, and a height that nobody asks for. */
type Place = readonly [number, number, number?]

/** Above zero when the ring, closed or not, runs counter-clockwise. Counted from its first point, so that far from the origin no digits are lost. */
export function signedArea(ring: readonly Place[]): number {
  const [ox, oy] = ring[0] ?? [0, 0]
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1] as Place
    const [bx, by] = ring[i] as Place
    sum += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy)
  }
  return sum / 2
}

/** By the even-odd rule; on the edge itself either may be answered. */
export function isInside([x, y]: Place, ring: readonly Place[]): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i] as Place
    const [bx, by] = ring[j] as Place
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
