import { levelOf, type Level } from '#core/kernel/index.ts'
import type { Presence } from '#core/live/liveDoc.ts'
import { strokeBody, type Hand, type StrokeBody } from '../stroke.ts'

/** The colour of a level's hands, on the map and in lists; dark enough for white words. */
export const levelColors: Readonly<Record<Level, string>> = { region: '#c2185b', prefecture: '#b25b00', county: '#1b7f3b', scene: '#1565c0' }
export const colorOf = (station: string): string => levelColors[levelOf(station)]

/** Somebody else at the plot, with what their screen said, as far as it can be read. */
export interface Person {
  id: string
  station: string
  name: string
  own: boolean
  hand: Hand
}

export const restingHand: Hand = { at: null, draft: null, holds: [], view: null, hosting: false }
const mostDraftPoints = 200
const mostHolds = 20
/** A room takes 8,192 characters. */
const mostCharacters = 8_000

/** What a screen says is another's word: only what has the right form is shown. */
export function personOf({ id, station, name, own, body }: Presence): Person {
  return { id, station, name, own, hand: { at: placeOf(body.at), draft: draftOf(body.draft), holds: Array.isArray(body.holds) ? body.holds.filter((hold): hold is string => typeof hold === 'string').slice(0, 200) : [], view: viewOf(body.view), hosting: body.hosting === true } }
}

/** Small enough to be told: a long line with fewer points, no more strokes than a room takes. */
export function toldHand(hand: Hand): Hand {
  const draft = hand.draft && { ...hand.draft, stroke: { ...hand.draft.stroke, remark: '', photos: [], points: thinned(hand.draft.stroke.points) } }
  const told = { ...hand, draft, holds: hand.holds.slice(0, mostHolds) }
  return JSON.stringify(told).length > mostCharacters ? { ...told, draft: null } : told
}

/** Who holds a stroke besides ourselves. */
export function holderOf(people: readonly Person[], id: string): Person | undefined {
  return people.find(({ hand }) => hand.holds.includes(id))
}

/** Who leads: the first by id, so that all agree should two lead at once. */
export function hostOf(people: readonly Person[]): Person | undefined {
  return people.filter(({ hand }) => hand.hosting).toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]
}

function thinned(points: StrokeBody['points']): StrokeBody['points'] {
  const step = Math.ceil(points.length / mostDraftPoints)
  const kept = step <= 1 ? points : points.filter((_, i) => i % step === 0 || i === points.length - 1).slice(-mostDraftPoints)
  return kept.map(([lon, lat]) => [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6])
}

const isNumber = (n: unknown): n is number => typeof n === 'number' && Number.isFinite(n)

function placeOf(value: unknown): Hand['at'] {
  if (!Array.isArray(value)) return null
  const [lon, lat] = value as unknown[]
  return isNumber(lon) && isNumber(lat) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null
}

function draftOf(value: unknown): Hand['draft'] {
  if (typeof value !== 'object' || value === null || !('stroke' in value) || !('layer' in value) || typeof value.layer !== 'string') return null
  const stroke = strokeBody.safeParse(value.stroke)
  return stroke.success ? { key: 'key' in value && typeof value.key === 'string' ? value.key : null, layer: value.layer, stroke: stroke.data } : null
}

function viewOf(value: unknown): Hand['view'] {
  if (typeof value !== 'object' || value === null || !('center' in value) || !('zoom' in value) || !('bearing' in value)) return null
  const center = placeOf(value.center)
  return center && isNumber(value.zoom) && isNumber(value.bearing) ? { center, zoom: Math.max(0, Math.min(22, value.zoom)), bearing: value.bearing } : null
}
