import { ancestorsOf, isWithin, parentOf, type Address } from '#core/kernel/index.ts'

/**
 * A reach is a set of places: `=65/6529` one station, `65/6529/**` a subtree, `**` everyone.
 * A subject's reach is the union over its facts: whoever is entitled to a subject holds all of its facts (SPEC L-14).
 */
export type Reach = string[]

/** The places that a fact by `station` with audience `to` is for; its author always belongs to them. */
export function reachOf(station: Address, to: string[]): Reach {
  const places = new Set([`=${station}`])
  for (const audience of to) {
    if (audience === 'all' || audience === 'public') places.add('**')
    else if (audience === 'subtree') places.add(`${station}/**`)
    else if (audience === 'ancestors') for (const up of ancestorsOf(station)) places.add(`=${up}`)
    else if (audience === 'up') { const up = parentOf(station); if (up) places.add(`=${up}`) }
    else places.add(`=${audience}`)
  }
  return [...places].sort()
}

/** Places of one subject, far more than any has; who is named beyond them does not join. */
const maxPlaces = 1000
const everyone = '**'

/** Union, sorted; returns `a` itself when `b` adds nothing, as where everyone is in it already. */
export function unite(a: Reach, b: Reach): Reach {
  if (b.length === 0 || a.includes(everyone)) return a
  const known = new Set(a)
  const added = b.filter((place) => !known.has(place))
  const some = added.includes(everyone) ? [everyone] : added.slice(0, Math.max(0, maxPlaces - a.length))
  return some.length === 0 ? a : [...a, ...some].sort()
}

/**
 * The reach after an admitted fact. Who begins a subject says whom it is for, and whoever it is for may make it known
 * further; a stranger's fact may change the state, but brings nobody the subject (SPEC L-14).
 */
export function widened(reach: Reach, fact: { station: Address; to: string[] }, madeByMany = false): Reach {
  return madeByMany || reach.length === 0 || reaches(reach, fact.station) ? unite(reach, reachOf(fact.station, fact.to)) : reach
}

/** Whether a station is entitled to what has this reach. */
export function reaches(reach: Reach, station: Address): boolean {
  return reach.some((place) => {
    if (place === '**') return true
    if (place.startsWith('=')) return place.slice(1) === station
    return isWithin(station, place.slice(0, -3))
  })
}

/** Whether anything of a reach lies in the subtree under `top` (where a child link leads). */
export function touchesSubtree(reach: Reach, top: Address): boolean {
  return reach.some((place) => {
    if (place === '**') return true
    if (place.startsWith('=')) return isWithin(place.slice(1), top)
    const root = place.slice(0, -3)
    return isWithin(root, top) || isWithin(top, root)
  })
}

/** Whether anything of a reach lies outside the subtree under `top` (where `top`'s parent link leads). */
export function leavesSubtree(reach: Reach, top: Address): boolean {
  return reach.some((place) => {
    if (place === '**') return true
    if (place.startsWith('=')) return !isWithin(place.slice(1), top)
    return !isWithin(place.slice(0, -3), top)
  })
}
