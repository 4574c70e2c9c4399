import type { Refusal, Sentence } from '#core/kernel/index.ts'

/** A feature as a file has it: nothing in it is believed yet. */
export interface RawFeature {
  /** Its number in the file, from 1: reports name features by it. */
  number: number
  /** Whatever claims to be GeoJSON geometry, in the file's own coordinates. */
  geometry: unknown
  properties: Record<string, unknown>
  /** The reader could not read it; in the file's own terms, why. */
  unreadable?: string
}

/** A file of features opened for one reading from beginning to end. */
export interface FeatureSource {
  readonly format: string
  readonly layer: string | null
  /** The coordinate system as the file names it: `EPSG:4490`, an OGC URN, or WKT; null when it says nothing. */
  readonly crs: string | null
  readonly encoding: string | null
  readonly notes: readonly Sentence[]
  /** From 0 to 1. */
  progress(): number
  /** In handfuls, so that a million features are not a million turns of the event loop. */
  features(signal: AbortSignal): AsyncGenerator<RawFeature[]>
  close(): Promise<void>
}

/** What the operator may state about a file that does not say it itself. */
export interface OpenChoices {
  layer?: string
  encoding?: string
  /** For archives that are unpacked first; a folder that is removed afterwards. */
  signal?: AbortSignal
}

/** Largest feature that is read: beyond it a file is damaged or hostile, and memory would not be bounded. */
export const maxFeatureBytes = 32 * 1024 * 1024
/** Features handed on at once. */
export const handful = 500

/** Of a format that may name its coordinate system and did not; GeoJSON without one is WGS 84 by its own rules. */
export const degreesAssumed: Sentence = { zh: '文件没有注明坐标系，按 CGCS2000/WGS 84 经纬度理解', en: 'The file names no coordinate system: coordinates are taken for degrees of CGCS2000 / WGS 84' }

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `signal.throwIfAborted` with our own words. */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason instanceof Error ? (signal.reason as Refusal) : new Error('cancelled')
}
