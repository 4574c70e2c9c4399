import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSubject } from '#core/ledger/index.ts'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import { until } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import { hostileChild, patientLinks, type HostileChild } from '#lab/federation/hostileChild.ts'

/** What lies in a station's tables may come from a neighbour that lies, from a later version, from a damaged disk: no list, map or document ends with it. */
const region = '65'
const prefecture = '65/6529'
const minute = 60_000
const beyondDates = [Number.MAX_SAFE_INTEGER, 8_650_000_000_000_000]

let tree: Federation
let hostile: HostileChild
const logged: string[] = []
const logger = { level: 'info', trace() {}, debug() {}, info() {}, silent() {}, fatal() {}, child: () => logger, warn: (about: { id?: string }, said: string) => logged.push(`${said} ${about.id ?? ''}`), error: (about: { err?: unknown }, said: string) => logged.push(`${said} ${String(about.err)}`) }

beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture], links: patientLinks, logger: logger as never })
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652960')
})
afterAll(async () => {
  hostile?.close()
  await tree?.close()
})

/** Facts of a report that the hostile child has sent upward, with the clocks it likes. */
function reporting(change: { occurredAt?: number; deadlines?: unknown[] } = {}) {
  const now = Date.now()
  const [incident, report] = ['incident', 'report'].map((kind) => newSubject(kind, hostile.address, 'actual', now))
  const incidentId = incident!.split('/')[1]!
  const [code, title, place, occurredAt] = ['11C02', '某地地震', { division: '652927', lon: 79, lat: 41 }, change.occurredAt ?? now - minute]
  const say = (type: string, subject: string, body: Record<string, unknown>, to: string[] = []) => hostile.say({ type, subject, body, to })
  return {
    incidentId, id: report!.split('/')[1]!,
    wires: [
      say('incident.opened.v1', incident!, { code, title, occurredAt, learnedAt: occurredAt, place, norms: {} }),
      say('incident.assessed.v1', incident!, { report: report!.split('/')[1], code, figures: {}, attributes: {}, sensitive: false, raised: 0, initial: 'I', computed: { grade: 'I', clauses: [], unknown: [], couldBe: null, presumed: [] }, norms: {}, over: [] }, ['ancestors']),
      say('report.drafted.v1', report!, { content: { kind: 'first', incidentId, code, title, occurredAt, learnedAt: occurredAt, place, figures: {}, text: '。' }, attachments: [] }),
      say('report.submitted.v1', report!, {}),
      say('report.signed.v1', report!, { level: { initial: 'I', computed: null, reporting: 'I' } }),
      say('report.sent.v1', report!, { deadlines: change.deadlines ?? [], required: [], expected: [], missing: [], norms: {}, previous: null }, ['ancestors']),
    ],
  }
}

/** Every GET of the API and of OGC that takes no id, as every kind of person, with what else than 200 came. */
async function walk(address: string): Promise<string[]> {
  const { app } = tree.at(address)
  const { paths } = (await app.inject({ url: '/api/openapi.json' })).json<{ paths: Record<string, Record<string, unknown>> }>()
  const now = Date.now()
  const urls = [
    ...Object.entries(paths).filter(([path, operations]) => 'get' in operations && !path.includes('{')).map(([path]) => path)
      .filter((path) => !['/api/live', '/api/situation/places', '/api/situation/timeline'].includes(path)),
    '/api/situation/places?q=某地', `/api/situation/timeline?from=0&until=${now}`, '/tiles/incidents/0/0/0.mvt', '/tiles/incidents/14/11780/6090.mvt',
    ...['incidents', 'plots', 'divisions'].flatMap((name) => ['', '/items', '/items?f=html', '/items?limit=1', '?f=html'].map((rest) => `/ogc/collections/${name}${rest}`)),
    `/ogc/collections/incidents/items?datetime=${new Date(now - 86_400_000).toISOString()}/..`, '/api/reports?sort=learnedAt', '/api/reports?sort=-nextDue', '/api/incidents?sort=occurred', '/api/incidents?sort=level',
  ]
  const tokens = await Promise.all(['duty', 'admin', 'audit', 'security'].map(async (account) => (await tree.at(address).as(account)).token))
  const found: string[] = []
  let good = 0
  for (const url of urls) {
    const answers: number[] = []
    for (const token of tokens) {
      const { statusCode } = await app.inject({ url, headers: { authorization: `Bearer ${token}` } })
      answers.push(statusCode)
      if (statusCode < 300) break
    }
    if (answers.at(-1)! < 300) good++
    else if (answers.some((status) => status >= 500) || !answers.includes(400)) found.push(`${url} ${answers.join(' ')}`)
  }
  expect(good).toBeGreaterThan(30)
  return found
}

test('C6: a neighbour\'s time beyond dates is refused, and nothing of it is on any desk, list, map or feed', async () => {
  for (const occurredAt of beyondDates) {
    const { wires, id, incidentId } = reporting({ occurredAt })
    await hostile.send(wires)
    const audit = await tree.at(prefecture).as('audit')
    const { refused } = await audit.get<{ refused: { items: { id: string; reason: string }[] } }>('/api/audit?size=200')
    expect(refused.items.find((line) => line.id === wires[0]!.id)).toMatchObject({ reason: 'fact.bad-body' })
    const duty = await tree.at(prefecture).as('duty')
    await expect(duty.get(`/api/reports/${id}`)).rejects.toMatchObject({ status: 404 })
    await expect(duty.get(`/api/incidents/${incidentId}`)).rejects.toMatchObject({ status: 404 })
  }
  for (const address of [prefecture, region]) expect(await walk(address)).toEqual([])
})

test('C6: odd rows in the tables take themselves out of lists, by name, and take nothing else along', async () => {
  const { station } = tree.at(prefecture)
  const good = reporting()
  await hostile.send(good.wires)
  const odd = beyondDates.map((occurredAt, i) => ({ occurredAt, ...reporting(), i }))
  for (const { wires } of odd) await hostile.send(wires)
  const duty = await tree.at(prefecture).as('duty')
  await until('both odd reports', async () => (await duty.get<{ total: number }>('/api/reports')).total === 3)
  await station.database.write(async (tx) => {
    const db = tx.withTables<Record<'report' | 'incident' | 'situation_incident' | 'plot', Record<string, string | number | null>>>()
    for (const { id, incidentId, occurredAt, i } of odd) {
      await db.updateTable('report').set({ row: i === 0 ? '{"id":' : '{"title":1,"occurredAt":"soon"}', occurred_at: occurredAt, learned_at: occurredAt }).where('id', '=', id).execute()
      await db.updateTable('incident').set({ row: i === 0 ? 'null' : '{"place":{}}', occurred_at: occurredAt }).where('subject', '=', `incident/${incidentId}`).execute()
      await db.updateTable('situation_incident').set({ properties: i === 0 ? JSON.stringify({ status: 'open', occurredAt, updatedAt: 'x' }) : '{"status":"open"}', at: occurredAt }).where('id', '=', incidentId).execute()
    }
    // A time that no date holds, in a row that reads well otherwise: it is shown as wrong, and its report is shown.
    const { row } = await db.selectFrom('report').select('row').where('id', '=', good.id).executeTakeFirstOrThrow()
    await db.updateTable('report').set({ row: JSON.stringify({ ...JSON.parse(String(row)) as object, occurredAt: beyondDates[0], learnedAt: beyondDates[1] }) }).where('id', '=', good.id).execute()
  })
  expect(await walk(prefecture)).toEqual([])
  const reports = await duty.get<{ items: { id: string; occurredAt: number }[]; total: number; unreadable: { id: string; station: string }[] }>('/api/reports')
  expect(reports.items).toMatchObject([{ id: good.id, occurredAt: beyondDates[0] }])
  expect(reports.unreadable.map(({ id }) => id).sort()).toEqual(odd.map(({ id }) => id).sort())
  expect(reports.unreadable[0]!.station).toBe(hostile.address)
  const incidents = await duty.get<{ items: { id: string }[]; unreadable: { id: string }[] }>('/api/incidents')
  expect([incidents.items.length, incidents.unreadable.length]).toEqual([1, 2])
  for (const { id } of odd) expect(logged.filter((line) => line === `a row of a list cannot be read ${id}`)).toHaveLength(1)
})

test('H5: a report that cannot be urged for holds up no other, and is told of once', async () => {
  const { station, tick } = tree.at(prefecture)
  const due = Date.now()
  const [first, second] = [1, 2].map(() => reporting({ deadlines: [{ kind: 'followUp', station: hostile.address, due }, { kind: 'followUp', station: hostile.address, due }, { kind: 'final', station: hostile.address, due }] }))
  await hostile.send([...first!.wires, ...second!.wires])
  // The first one's rules break when it is urged for, whatever the cause.
  const db = () => station.database
  await db().write((tx) => tx.withTables<{ report: Record<string, string | number> }>().updateTable('report').set({ urge_at: 1, subject: 'report/none' }).where('id', '=', first!.id).execute())
  const { write } = station.ledger
  let failed = 0
  station.ledger.write = ((actor: Parameters<typeof write>[0], work: Parameters<typeof write>[1]) => write.call(station.ledger, actor, async (writer) => work({
    ...writer, state: (type: never, subject: string) => (subject === 'report/none' ? (failed++, Promise.reject(new Error('broken'))) : writer.state(type, subject)),
  }))) as typeof write
  await tick()
  await tick()
  const duty = await tree.at(prefecture).as('duty')
  const { urges } = await duty.get<ReportAnswer>(`/api/reports/${second!.id}`)
  expect(urges).toMatchObject([{ cause: 'follow-up-overdue' }])
  expect(failed).toBe(1)
  expect(logged.filter((line) => line.includes('report/none'))).toHaveLength(1)
})

test('C6: a station starts although the row of a plot cannot be read: it is folded anew', async () => {
  await tree.at(prefecture).station.database.write((tx) => tx.withTables<{ plot: { state: string } }>().updateTable('plot').set({ state: '{' }).execute())
  await tree.restart(prefecture)
  expect(await walk(prefecture)).toEqual([])
})
