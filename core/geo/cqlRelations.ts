import type { TemporalFunction } from './cql.ts'
import type { Span } from './cqlTime.ts'

type Relation = (a: Span, b: Span) => boolean

/** The relations of intervals after Allen, as CQL2 names them (21-065r2 §7.8); an instant begins and ends at once. */
export const relations: Record<TemporalFunction, Relation> = {
  T_AFTER: (a, b) => a.from > b.until,
  T_BEFORE: (a, b) => a.until < b.from,
  T_CONTAINS: (a, b) => a.from < b.from && a.until > b.until,
  T_DISJOINT: (a, b) => a.from > b.until || a.until < b.from,
  T_DURING: (a, b) => a.from > b.from && a.until < b.until,
  T_EQUALS: (a, b) => a.from === b.from && a.until === b.until,
  T_FINISHEDBY: (a, b) => a.from < b.from && a.until === b.until,
  T_FINISHES: (a, b) => a.from > b.from && a.until === b.until,
  T_INTERSECTS: (a, b) => a.from <= b.until && a.until >= b.from,
  T_MEETS: (a, b) => a.until === b.from,
  T_METBY: (a, b) => a.from === b.until,
  T_OVERLAPPEDBY: (a, b) => a.from > b.from && a.from < b.until && a.until > b.until,
  T_OVERLAPS: (a, b) => a.from < b.from && a.until > b.from && a.until < b.until,
  T_STARTEDBY: (a, b) => a.from === b.from && a.until > b.until,
  T_STARTS: (a, b) => a.from === b.from && a.until < b.until,
}
