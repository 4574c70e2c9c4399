import { z } from 'zod'
import { isAddress, maxSeq, maxTick, moment, type Address } from '#core/kernel/index.ts'
import { compareTime, type HybridTime } from './clock.ts'

/** An exercise never leaves its mode: the mode is written in the subject's name too (see SPEC, L-8). */
export const modes = ['actual', 'exercise', 'test'] as const
export type Mode = (typeof modes)[number]

const subjectSuffix: Record<Mode, string> = { actual: '', exercise: '.x', test: '.t' }

/** The largest canonical text of one fact, in UTF-16 units; larger things are files. */
export const maxFactLength = 256 * 1024

const addressSchema = z.string().refine(isAddress, 'not a station address')
// Any of `up`, `ancestors`, `subtree`, `all` and `public` would do for an address as well.
const audienceSchema = z.string().refine(isAddress, 'neither an audience nor a station address')

export const actorSchema = z.strictObject({ id: z.string().min(1).max(64), name: z.string().min(1).max(64) })
/** The person or device at the stating station. */
export type Actor = z.infer<typeof actorSchema>

export const statementSchema = z.strictObject({
  type: z.string().max(80).regex(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*\.v[1-9][0-9]*$/),
  subject: z.string().max(160).regex(/^[a-z][A-Za-z]*\/[A-Za-z0-9@/-]+(\.x|\.t)?$/),
  station: addressSchema,
  seq: z.int().min(1).max(maxSeq),
  prev: z.string().regex(/^([0-9a-f]{64})?$/),
  at: z.tuple([moment, z.int().min(0).max(maxTick)]),
  wall: moment.optional(),
  actor: actorSchema,
  to: z.array(audienceSchema).max(64),
  mode: z.enum(modes),
  // Any JSON: what is inside is for the schema of its type, once the text is known to be canonical.
  body: z.custom<Record<string, unknown>>(isRecord, 'not an object'),
})

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a station signs: everything of a fact but its id and signature. */
export interface Statement<Body = Record<string, unknown>> {
  type: string
  subject: string
  station: Address
  seq: number
  prev: string
  at: HybridTime
  /** The stating station's wall clock, in epoch ms; facts of before it was carried have none. */
  wall?: number
  actor: Actor
  to: string[]
  mode: Mode
  body: Body
}

/** A statement with its name (`id`, SHA-256 of `text`), its very bytes (`text`, canonical JSON) and its signature (base64). */
export interface Fact<Body = Record<string, unknown>> extends Statement<Body> {
  id: string
  text: string
  sig: string
}

/** How a fact crosses a link: the signed bytes as they are, so no hop can alter them by re-encoding. */
export interface WireFact {
  text: string
  sig: string
}

/** What a rule asks to be stated; the ledger adds station, seq, prev, at, and signs. */
export interface FactDraft<Body = Record<string, unknown>> {
  type: string
  subject: string
  to: string[]
  body: Body
}

/** When a fact says it was stated, by a clock on the wall: what people see and deadlines are judged by. The order of facts is `at`. */
export function wallOf(fact: Pick<Fact, 'at' | 'wall'>): number {
  return fact.wall ?? fact.at[0]
}

/** The one order of facts: hybrid time, then station, then id. Every fold uses it. */
export function compareFacts(a: Pick<Fact, 'at' | 'station' | 'id'>, b: Pick<Fact, 'at' | 'station' | 'id'>): number {
  return compareTime(a.at, b.at) || compareText(a.station, b.station) || compareText(a.id, b.id)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** `subjectOf('report', '01J…', 'exercise')` → `report/01J….x` */
export function subjectOf(kind: string, id: string, mode: Mode = 'actual'): string {
  return `${kind}/${id}${subjectSuffix[mode]}`
}

/** `report.sent.v1` → `report`: the kind of the subjects that this type may be about (SPEC L-1). */
export function kindOfType(type: string): string {
  return type.slice(0, type.indexOf('.'))
}

export function kindOfSubject(subject: string): string {
  return subject.slice(0, subject.indexOf('/'))
}

/** The part after the kind, suffix included: what the API calls an id. */
export function idOfSubject(subject: string): string {
  return subject.slice(subject.indexOf('/') + 1)
}

export function modeOfSubject(subject: string): Mode {
  if (subject.endsWith('.x')) return 'exercise'
  if (subject.endsWith('.t')) return 'test'
  return 'actual'
}
