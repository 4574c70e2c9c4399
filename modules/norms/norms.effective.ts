import { ancestorsOf, type Address } from '#core/kernel/index.ts'
import { defaultNorms } from './norms.defaults.ts'
import { mayAdd, stricter } from './norms.tighten.ts'
import { groupOf, valueSchemas, type Mark, type NormGroup, type NormKey, type NormValues } from './norms.values.ts'

/** An admitted publication, as the fold keeps it. */
export interface Publication {
  station: Address
  version: number
  effectiveFrom: number
  note: string
  sets: Record<NormKey, unknown>
  fact: string
  at: number
  by: string
}

/** Which version of each station's norms was used: `{ "65": 3, "65/6529": 1 }`. Written into facts that were judged by norms. */
export type NormsStamp = Record<Address, number>

/** Who set a value. `clamped` tells that a lower station's value had become looser and does not count. */
export interface Origin {
  /** null: shipped default */
  station: Address | null
  version: number
  mark: Mark | 'station'
  source: string
  clamped: Address[]
}

/** The norms in force at one station. */
export interface Norms {
  readonly station: Address
  readonly stamp: NormsStamp
  readonly values: Readonly<Record<NormKey, unknown>>
  readonly origin: Readonly<Record<NormKey, Origin>>
  /** A value by its full key, typed by its group. */
  get<G extends NormGroup>(group: G, key: NormKey): NormValues[G] | undefined
  /** All keys of a group, sorted. */
  keys(group: NormGroup): NormKey[]
}

/** The path of stations whose norms bind an address, top first, itself last. */
export function chainOf(address: Address): Address[] {
  return [...ancestorsOf(address).toReversed(), address]
}

/** The norms in force at `address` at time `at`: shipped defaults, then the top's, then each station's below, never loosened. */
export function effectiveNorms(publications: readonly Publication[], address: Address, at: number): Norms {
  const inForce = chainOf(address).map((station) => publications.filter((p) => p.station === station && p.effectiveFrom <= at).at(-1))
  return layered(inForce.filter((p) => p !== undefined), address)
}

/** The norms as a stamp names them: how an old report was judged, whatever has been published since. */
export function normsByStamp(publications: readonly Publication[], address: Address, stamp: NormsStamp): Norms {
  const named = chainOf(address).map((station) => publications.find((p) => p.station === station && p.version === stamp[station]))
  return layered(named.filter((p) => p !== undefined), address)
}

/** The shipped norms, as they stand where nobody has published. */
export function shippedNorms(address: Address): Norms {
  return layered([], address)
}

const shippedValues: Readonly<Record<NormKey, unknown>> = Object.fromEntries(defaultNorms.map((n) => [n.key, n.value]))
const shippedOrigin: Readonly<Record<NormKey, Origin>> = Object.fromEntries(
  defaultNorms.map(({ key, mark, source }) => [key, { station: null, version: 0, mark, source, clamped: [] }]),
)
const unpublished = normsFrom('', {}, shippedValues, shippedOrigin)

/** Laid out already, by the lowest layer: the layers above it, and for whom. A fold asks the same of every publication. */
const laidOut = new WeakMap<Publication, { layers: Publication[]; norms: Norms }>()

function layered(layers: Publication[], address: Address): Norms {
  if (layers.length === 0) return { ...unpublished, station: address }
  const lowest = layers.at(-1)!
  const known = laidOut.get(lowest)
  if (known?.norms.station === address && known.layers.length === layers.length && known.layers.every((layer, i) => layer === layers[i])) return known.norms
  const norms = layOut(layers, address)
  laidOut.set(lowest, { layers, norms })
  return norms
}

function layOut(layers: Publication[], address: Address): Norms {
  const values: Record<NormKey, unknown> = { ...shippedValues }
  const origin: Record<NormKey, Origin> = { ...shippedOrigin }
  for (const layer of layers) {
    const isTop = !layer.station.includes('/')
    const stated: Origin = { station: layer.station, version: layer.version, mark: 'station', source: layer.note, clamped: [] }
    for (const [key, value] of Object.entries(layer.sets)) {
      const group = groupOf(key)
      if (group === null || (value !== null && !valueSchemas[group].safeParse(value).success)) continue
      if (value === null && isTop) {
        delete values[key]
        delete origin[key]
        continue
      }
      if (isTop || (value !== null && !Object.hasOwn(values, key) && mayAdd(group))) {
        values[key] = value
        origin[key] = stated
        continue
      }
      if (!Object.hasOwn(values, key)) continue
      const result = stricter(group, values[key], value)
      const above = origin[key]
      if (result === 'upper') {
        if (above) origin[key] = { ...above, clamped: [...above.clamped, layer.station] }
      } else {
        values[key] = result.value
        origin[key] = stated
      }
    }
  }
  return normsFrom(address, Object.fromEntries(layers.map((l) => [l.station, l.version])), values, origin)
}

function normsFrom(station: Address, stamp: NormsStamp, values: Readonly<Record<NormKey, unknown>>, origin: Readonly<Record<NormKey, Origin>>): Norms {
  const byGroup = new Map<string, NormKey[]>()
  for (const key of Object.keys(values).sort()) {
    const group = key.slice(0, key.indexOf('/'))
    const keys = byGroup.get(group)
    if (keys) keys.push(key)
    else byGroup.set(group, [key])
  }
  return {
    station,
    stamp,
    values,
    origin,
    get: <G extends NormGroup>(group: G, key: NormKey) => (key.startsWith(`${group}/`) && Object.hasOwn(values, key) ? (values[key] as NormValues[G]) : undefined),
    keys: (group) => byGroup.get(group) ?? [],
  }
}
