import { z } from 'zod'
import { latitude, longitude } from '#core/kernel/index.ts'

/**
 * GeoJSON (RFC 7946), longitude before latitude, degrees of CGCS2000 / WGS 84 (core/geo/crs.ts says why they are one).
 * A height may follow; what is drawn and found goes by the first two.
 */
export type Position = [lon: number, lat: number, height?: number]

export interface Point { type: 'Point'; coordinates: Position }
export interface MultiPoint { type: 'MultiPoint'; coordinates: Position[] }
export interface LineString { type: 'LineString'; coordinates: Position[] }
export interface MultiLineString { type: 'MultiLineString'; coordinates: Position[][] }
export interface Polygon { type: 'Polygon'; coordinates: Position[][] }
export interface MultiPolygon { type: 'MultiPolygon'; coordinates: Position[][][] }
export interface GeometryCollection { type: 'GeometryCollection'; geometries: Geometry[] }
export type Geometry = Point | MultiPoint | LineString | MultiLineString | Polygon | MultiPolygon | GeometryCollection

export interface Feature<G extends Geometry = Geometry, P = Record<string, unknown>> {
  type: 'Feature'
  id?: string
  geometry: G
  properties: P
}
export interface FeatureCollection<G extends Geometry = Geometry, P = Record<string, unknown>> {
  type: 'FeatureCollection'
  features: Feature<G, P>[]
}

/** Of one geometry that comes in by a request; importers read larger ones piece by piece. */
export const maxPositions = 20_000
export const maxParts = 64

export const positionSchema = z.union([z.tuple([longitude, latitude]), z.tuple([longitude, latitude, z.number().min(-12_000).max(9_000_000)])])
const line = z.array(positionSchema).min(2).max(maxPositions)
const ring = z.array(positionSchema).min(4).max(maxPositions).refine(isClosed, '环的首尾坐标须相同|a ring must end where it begins')
const rings = z.array(ring).min(1).max(maxPositions / 4)

export const pointSchema = z.strictObject({ type: z.literal('Point'), coordinates: positionSchema })
const plainGeometries = [
  pointSchema,
  z.strictObject({ type: z.literal('MultiPoint'), coordinates: z.array(positionSchema).min(1).max(maxPositions) }),
  z.strictObject({ type: z.literal('LineString'), coordinates: line }),
  z.strictObject({ type: z.literal('MultiLineString'), coordinates: z.array(line).min(1).max(maxPositions / 2) }),
  z.strictObject({ type: z.literal('Polygon'), coordinates: rings }),
  z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(rings).min(1).max(maxPositions / 4) }),
] as const
const plainGeometry = z.discriminatedUnion('type', [...plainGeometries])
/** A collection holds plain geometries only: one in another is allowed by the RFC and used by nobody. */
const collection = z.strictObject({ type: z.literal('GeometryCollection'), geometries: z.array(plainGeometry).min(1).max(maxParts) })

export const geometrySchema = z.discriminatedUnion('type', [...plainGeometries, collection])
  .refine((geometry) => countPositions(geometry as Geometry) <= maxPositions, `坐标点至多 ${maxPositions} 个|at most ${maxPositions} positions`) as unknown as z.ZodType<Geometry>

/** For answers: what we send is our own and need not be walked again. */
export const featureCollectionAnswer = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.any()) }).loose()

export function isClosed(ring: readonly (readonly unknown[])[]): boolean {
  const [first, last] = [ring[0], ring.at(-1)]
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1]
}

export function countPositions(geometry: Geometry): number {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.reduce((sum, part) => sum + countPositions(part), 0)
  return countNested(geometry.coordinates)
}

type Nested = Position | Nested[]
function countNested(coordinates: Nested): number {
  return coordinates.length === 0 ? 0 : typeof coordinates[0] === 'number' ? 1 : (coordinates as Nested[]).reduce<number>((sum, inner) => sum + countNested(inner), 0)
}
