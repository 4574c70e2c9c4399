import { z } from 'zod'
import { refuse, unreadableSchema } from '#core/kernel/index.ts'
import { keyFor, kindOfSubject } from '#core/ledger/index.ts'
import { readRows } from '#core/sql/server/readRows.ts'
import type { LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import type { App } from '#core/http/server/app.ts'
import { HttpProblem } from '#core/http/server/problem.ts'
import type { Station } from './module.ts'

const tags = ['ledger']
const idSchema = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/, '应为 64 位十六进制编号|must be 64 hex digits') })
const page = { page: z.coerce.number().int().min(1).max(1_000_000).default(1), size: z.coerce.number().int().min(1).max(200).default(50) }
/** Of whatever kind, known or not: the auditor's. */
const readAll = 'fact.readAll'
const statuses = ['admitted', 'refused', 'waiting', 'unread'] as const

const factLine = z.object({
  id: z.string(), type: z.string(), subject: z.string(), station: z.string(), seq: z.int(), mode: z.string(), at: z.int(),
  status: z.enum(statuses), reason: z.string().nullable(), receivedAt: z.int(), from: z.string().nullable(),
})
const turnedAwayLine = z.object({ id: z.string(), reason: z.string(), detail: z.string(), text: z.string(), from: z.string(), at: z.int() })
const chainLine = z.object({ station: z.string(), name: z.string(), state: z.enum(['active', 'revoked', 'unknown']), held: z.int(), lastSeq: z.int(), gaps: z.int(), lastReceivedAt: z.int().nullable() })

/** Facts as they were signed, and what an auditor needs to see of the ledger. */
export function ledgerRoutes(app: App, station: Station, reads: Record<string, string>): void {
  const { ledger, database } = station
  const tables = () => database.read.withTables<LedgerTables>()

  app.get('/api/facts/:id', {
    schema: { tags, summary: 'A fact with everything a stranger needs to verify it', params: idSchema, response: { 200: z.object({ fact: z.record(z.string(), z.unknown()), canonical: z.string(), signature: z.string(), publicKey: z.string(), algorithm: z.literal('Ed25519') }) } },
    config: { permission: 'fact.read' },
  }, async (request) => {
    const found = await ledger.fact(request.params.id)
    if (!found) throw refuse('fact.not-found', '本平台没有这条事实', 'This fact is not held here')
    const permission = reads[kindOfSubject(found.subject)] ?? readAll
    if (!app.may(request.person, readAll)) app.demand(request.person, permission)
    const { text, sig, ...fact } = found
    const card = ledger.directory.station(fact.station)
    const key = card && (keyFor(card, fact.seq) ?? card.keys.at(0))
    return { fact, canonical: Buffer.from(text).toString('base64'), signature: sig, publicKey: key?.publicKey ?? '', algorithm: 'Ed25519' as const }
  })

  app.get('/api/ledger/frozen', {
    schema: { tags, summary: 'Since when a record is frozen by a fact that could not be processed; null when it is not', querystring: z.object({ subject: z.string().max(200) }), response: { 200: z.object({ since: z.int().nullable() }) } },
    config: { permission: 'fact.read' },
  }, async (request) => {
    const { subject } = request.query
    if (!app.may(request.person, readAll)) app.demand(request.person, reads[kindOfSubject(subject)] ?? readAll)
    return { since: (await ledger.faults()).findLast((fault) => fault.subject === subject && fault.stage !== 'reaction')?.at ?? null }
  })

  app.get('/api/facts', {
    schema: { tags, summary: 'Facts held here, newest first', querystring: z.object({ subject: z.string().max(200).optional(), type: z.string().max(80).optional(), station: z.string().max(200).optional(), status: z.enum(statuses).optional(), ...page }), response: { 200: z.object({ items: z.array(factLine), total: z.int(), unreadable: z.array(unreadableSchema) }) } },
    config: { permission: 'fact.list' },
  }, async (request) => {
    const { subject, type, station: by, status, page, size } = request.query
    const found = () => tables().selectFrom('facts')
      .$if(subject !== undefined, (q) => q.where('subject', '=', subject ?? ''))
      .$if(type !== undefined, (q) => q.where('type', '=', type ?? ''))
      .$if(by !== undefined, (q) => q.where('station', '=', by ?? ''))
      .$if(status !== undefined, (q) => q.where('status', '=', status ?? 'admitted'))
    const { total } = await found().select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await found().select(['id', 'type', 'subject', 'station', 'seq', 'mode', 'at_ms as at', 'status', 'reason', 'received_at as receivedAt', 'from_peer as from'])
      .orderBy('position', 'desc').limit(size).offset((page - 1) * size).execute()
    return { ...readRows(rows, request.log, (row) => row, (row) => factLine.parse(row)), total }
  })

  let verifying: ReturnType<typeof ledger.verify> | undefined
  app.get('/api/ledger/verify', {
    schema: { tags, summary: 'Re-read every stored fact: hash, signature, chain', response: { 200: z.object({ checked: z.int(), bad: z.array(z.object({ fact: z.string(), reason: z.string() })), gaps: z.array(z.object({ from: z.int(), to: z.int() })) }) } },
    config: { permission: 'ledger.verify' },
  }, async () => {
    // It reads the whole ledger: whoever asks while one is running gets that one's answer.
    verifying ??= ledger.verify().finally(() => { verifying = undefined })
    return verifying
  })

  app.get('/api/audit', {
    schema: { tags, summary: 'Quarantine, facts turned away at the door, and the chain of every station', querystring: z.object(page), response: { 200: z.object({
      waiting: z.object({ items: z.array(factLine), total: z.int() }), refused: z.object({ items: z.array(factLine), total: z.int() }),
      turnedAway: z.object({ items: z.array(turnedAwayLine), total: z.int() }), chains: z.array(chainLine),
    }) } },
    config: { permission: 'audit.read' },
  }, async (request) => {
    const { page, size } = request.query
    const kept = async (status: 'waiting' | 'refused') => {
      const { total } = await tables().selectFrom('facts').where('status', '=', status).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
      const rows = await tables().selectFrom('facts').where('status', '=', status)
        .select(['id', 'type', 'subject', 'station', 'seq', 'mode', 'at_ms as at', 'reason', 'received_at as receivedAt', 'from_peer as from'])
        .orderBy('position', 'desc').limit(size).offset((page - 1) * size).execute()
      const { items } = readRows(rows, request.log, (row) => row, (row) => factLine.parse({ ...row, status }))
      return { items, total }
    }
    const away = await tables().selectFrom('turned_away').select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const turnedAway = await tables().selectFrom('turned_away').select(['id', 'reason', 'detail', 'text', 'from_peer as from', 'at']).orderBy('number', 'desc').limit(size).offset((page - 1) * size).execute()
    const { items } = readRows(turnedAway, request.log, ({ id, from }) => ({ id, station: from }), (row) => turnedAwayLine.parse({ ...row, text: app.may(request.person, readAll) ? row.text : '' }))
    return { waiting: await kept('waiting'), refused: await kept('refused'), turnedAway: { items, total: away.total }, chains: await chains() }
  })

  /** How much of each station's chain is here. Gaps are normal: not everything is for everyone. */
  async function chains() {
    const rows = await tables().selectFrom('facts').where('status', '!=', 'waiting').groupBy('station').orderBy('station')
      .select((e) => ['station', e.fn.countAll<number>().as('held'), e.fn.max('seq').as('lastSeq'), e.fn.max('received_at').as('lastReceivedAt')]).execute()
    const held = new Map(rows.map((row) => [row.station, row]))
    const addresses = [...new Set([...ledger.directory.stations().map((card) => card.address), ...held.keys()])].sort()
    return addresses.map((address) => {
      const card = ledger.directory.station(address)
      const row = held.get(address)
      return {
        station: address, name: card?.name ?? address, state: card?.state ?? ('unknown' as const), held: row?.held ?? 0, lastSeq: row?.lastSeq ?? 0,
        gaps: row ? row.lastSeq - row.held : 0, lastReceivedAt: row?.lastReceivedAt ?? null,
      }
    })
  }
}

/** Whether this station answers at all; no sign-in, nothing secret. */
export function healthRoute(app: App, station: Station): void {
  app.get('/api/health', {
    schema: { tags: ['station'], summary: 'Health', response: { 200: z.object({ ok: z.boolean(), station: z.string(), level: z.string(), name: z.string(), mode: z.string(), version: z.string() }) } },
    config: { public: true, rateLimit: false },
  }, async () => {
    const card = station.ledger.directory.station(station.self)
    // A station that cannot read its own database is not healthy, whatever its port says.
    await station.database.read.withTables<LedgerTables>().selectFrom('facts').select('position').limit(1).execute()
    if (!card) throw new HttpProblem(503, 'station.unknown', '本平台尚未登记', 'This station is not in the directory yet')
    return { ok: true, station: station.self, level: card.level, name: card.name, mode: station.mode, version: station.version }
  })
}
