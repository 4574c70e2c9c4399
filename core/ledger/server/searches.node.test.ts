import { expect, test } from 'vitest'
import { statement } from '#core/sql/server/statement.ts'
import { maxAheadMs } from '../index.ts'
import { factStore } from './factStore.ts'
import { county, forge, keys, openTestLedger, prefecture, write } from './testLedger.ts'

test('L-6 L-10 what waits is passed by in every search of a chain, however much a child makes wait', async () => {
  const { ledger, database, clock } = await openTestLedger(prefecture)
  const asked: string[] = []
  const { read } = database
  const store = factStore('sqlite')
  await ledger.accept([forge({ seq: 1000 }, keys[county]!), ...Array.from({ length: 150 }, (_, i) => forge({ seq: 2 + i, at: [clock.now() + maxAheadMs + 60_000 + i, 0] }, keys[county]!))], county)
  expect(await store.idAt(read, county, 7)).toBeUndefined()
  expect(await store.head(read, county)).toMatchObject({ seq: 1000 })
  expect(await store.around(read, county, 500)).toMatchObject({ below: undefined, above: { seq: 1000 } })
  // As the database plans them.
  for (const order of ['and seq = 5', 'order by seq desc limit 1', 'and seq < 500 order by seq desc limit 1', 'and seq > 5 order by seq limit 1']) {
    const plan = await statement<{ detail: string }>(read, `explain query plan select * from facts where station = ? and status != 'waiting' and (reason is null or reason != 'fact.revoked-key') ${order}`, [county])
    asked.push(...plan.map((step) => step.detail))
  }
  expect(asked).toHaveLength(4)
  for (const step of asked) expect(step).toMatch(/^SEARCH facts USING INDEX facts_by_chain/)
})

test('R-9 a neighbour’s rubbish does not push out what is known of our own lost facts: shown again, they silence nobody again', async () => {
  const { ledger, database } = await openTestLedger(county)
  await write(ledger, '现在的')
  const lost = forge({ seq: 1, body: { line: '备份以前的' } }, keys[county]!)
  expect(await ledger.accept([lost], prefecture)).toMatchObject([{ outcome: 'rejected', reason: 'forked' }])
  for (let i = 0; i < 26; i++) await ledger.accept(Array.from({ length: 100 }, (_, n) => ({ text: `rubbish ${i} ${n}`, sig: '' })), prefecture)
  const kept = await statement<{ reason: string; n: number }>(database.read, 'select reason, count(*) as n from turned_away group by reason order by reason')
  expect(kept.find((row) => row.reason === 'forked')).toEqual({ reason: 'forked', n: 1 })
  expect(kept.find((row) => row.reason === 'not-json')!.n).toBeLessThanOrEqual(2500)
})
