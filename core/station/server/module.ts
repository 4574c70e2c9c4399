import type { Clock } from '#core/kernel/index.ts'
import type { Database, Migration } from '#core/sql/server/database.ts'
import type { Ledger, LedgerPart } from '#core/ledger/server/ledger.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Links } from '#core/replicate/server/links.ts'
import type { Live, LiveKind, RoomKind } from '#core/live/server/live.ts'
import type { App } from '#core/http/server/app.ts'
import type { Role } from '#core/http/roles.ts'
import type { KeyRing } from './keyRing.ts'

/** What every module of one running station may use. Built once in `apps/station/context.ts`. */
export interface Station {
  readonly self: string
  readonly clock: Clock
  readonly database: Database
  readonly ledger: Ledger
  readonly files: Files
  readonly links: Links
  readonly live: Live
  /** demo: loopback only, fixed accounts; test: also allows cutting links; production: neither. */
  readonly mode: 'demo' | 'test' | 'production'
  readonly version: string
  /** The data folder, where there is one: for what may be built again and what an operator put there. */
  readonly folder?: string
  /** Absent when the station's key is not ours to replace (tests, hardware). */
  readonly keyRing?: KeyRing
}

/**
 * A module: one noun of the duty officer's language. `modules/report/server/module.ts` is the example to copy.
 * A station is the core plus the explicit list in `apps/station/modules.ts`.
 */
export interface StationModule extends LedgerPart {
  name: string
  tables: Migration[]
  /** Verbs of this module and the roles that may use them: `{ 'report.sign': ['leader'] }`. */
  access: Record<string, readonly Role[]>
  /** The permission to read a subject's facts, by its kind: `{ report: 'report.read' }`. The auditor reads those of every kind. */
  reads?: Record<string, string>
  routes?(app: App, station: Station): void
  /** Kinds of live documents and rooms this module keeps. Called once, before links start; `station.live` is there only afterwards. */
  live?(station: Station): Promise<{ docs: LiveKind[]; rooms: RoomKind[] }>
  /** Called about every second, one at a time: notices deadlines that have passed. */
  tick?(station: Station, now: number): Promise<void>
}
