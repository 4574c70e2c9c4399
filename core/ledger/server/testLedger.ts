import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { testClock, type TestClock } from '#core/kernel/index.ts'
import type { Database, Migration } from '#core/sql/server/database.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { encode, type Fact, type Signer, type Statement, type WireFact } from '../index.ts'
import { noteFacts, noteSubject, testDirectory } from '../testNote.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from './nodeCrypto.ts'
import type { Ledger, LedgerPart, Outbox, Writer } from './ledger.ts'
import { ledgerTables } from './ledger.tables.ts'
import { openLedger } from './openLedger.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => { for (const close of opened.splice(0)) await close() })

export const county = '65/6529/652928'
export const prefecture = '65/6529'
export const person = { id: 'p1', name: '值班员' }
export const keys: Record<string, Signer> = { [county]: nodeSigner(newPrivateKey()), [prefecture]: nodeSigner(newPrivateKey()) }

export interface TestLedgerOptions {
  /** Answers a note that arrives with its receipt. */
  receives?: boolean
  start?: number
  more?: LedgerPart[]
  databaseUrl?: string
  /** Links of a test's own, and their tables. */
  outbox?(database: Database): Outbox
  tables?: Migration[]
}

export interface TestLedger {
  ledger: Ledger
  database: Database
  clock: TestClock
  directory: ReturnType<typeof testDirectory>
  /** What it hands to its links. */
  queued: { id: string; reach: string[]; from: string | null }[]
  faults: unknown[]
  reopen(change?: { more?: LedgerPart[]; version?: string }): Promise<Ledger>
}

/** A station's ledger on a database of its own, with the note as its noun; closed after the test. */
export async function openTestLedger(self: string, options: TestLedgerOptions = {}): Promise<TestLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-ledger-'))
  const database = openDatabase(options.databaseUrl ?? join(folder, 'station.db'))
  await migrate(database, [...ledgerTables, ...options.tables ?? []], 0)
  const clock = testClock(options.start ?? Date.now())
  const directory = testDirectory(self, Object.entries(keys).map(([address, signer]) => ({ address, publicKey: signer.publicKey })))
  const queued: TestLedger['queued'] = []
  const faults: unknown[] = []
  const outbox: Outbox = options.outbox?.(database) ?? { enqueue: async (_tx, items) => { queued.push(...items) } }
  const answer = async (w: Writer, fact: Fact<never>) => {
    if (fact.station !== w.self) await w.append({ type: 'note.received.v1', subject: fact.subject, to: [fact.station], body: {} })
  }
  const open = ({ more = options.more ?? [], version = '1' }: { more?: LedgerPart[]; version?: string } = {}) => openLedger({
    database, clock, signer: keys[self]!, crypto: nodeCrypto, directory, outbox, version, onFault: (fault) => faults.push(fault),
    parts: [{ facts: noteFacts, subjects: [noteSubject as never], reactions: options.receives ? { 'note.written.v1': answer } : {} }, ...more],
  })
  const ledger = await open()
  opened.push(async () => { await database.close(); rmSync(folder, { recursive: true }) })
  return { ledger, database, clock, directory, queued, faults, reopen: open }
}

export const write = (ledger: Ledger, line: string, to: string[] = ['up'], subject = 'note/n1') =>
  ledger.write(person, (w) => w.append({ type: 'note.written.v1', subject, to, body: { line } }))

export const wire = (fact: WireFact): WireFact => ({ text: fact.text, sig: fact.sig })

/** A statement signed by whoever we like, right or wrong. */
export function forge(change: Partial<Statement>, signer: Signer): WireFact {
  const text = encode({
    type: 'note.written.v1', subject: 'note/forged', station: county, seq: 1, prev: '', at: [Date.now(), 0],
    actor: person, to: ['up'], mode: 'actual', body: { line: '伪造' }, ...change,
  })
  return { text, sig: signer.sign(text) }
}
