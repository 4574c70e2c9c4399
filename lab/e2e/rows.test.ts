import { expect, test } from 'vitest'
import { region, useHouse } from './house.ts'
import { quake } from './seed.ts'

const house = useHouse({ addresses: [region] }, { map: false })

test('C6: the desk, the lists and the pages survive rows with times beyond dates and rows that cannot be read', async () => {
  const { station, as } = house.tree.at(region)
  const duty = await as('duty')
  const written = []
  for (const title of ['甲地地震', '乙地地震', '丙地地震']) written.push({ title, ...await duty.post<{ id: string; incidentId: string }>('/api/reports', quake({ title })) })
  const [odd, broken, good] = written as [typeof written[0], typeof written[0], typeof written[0]]
  await station.database.write(async (tx) => {
    const db = tx.withTables<Record<'report' | 'incident' | 'facts', Record<string, string | number>>>()
    const change = async (table: 'report' | 'incident', key: string, is: string, to: (row: object) => string) => {
      const { row } = await db.selectFrom(table).select('row').where(key, '=', is).executeTakeFirstOrThrow()
      await db.updateTable(table).set({ row: to(JSON.parse(String(row)) as object), status: table === 'incident' ? 'open' : 'draft' }).where(key, '=', is).execute()
    }
    const late = (row: object) => JSON.stringify({ ...row, occurredAt: Number.MAX_SAFE_INTEGER, learnedAt: 8_650_000_000_000_000, updatedAt: 8_650_000_000_000_000, changedAt: Number.MAX_SAFE_INTEGER })
    for (const { id, incidentId } of [odd, good]) {
      await change('report', 'id', id, id === odd.id ? late : JSON.stringify)
      await change('incident', 'subject', `incident/${incidentId}`, id === odd.id ? late : JSON.stringify)
    }
    await change('report', 'id', broken.id, () => '{"id":')
    await change('incident', 'subject', `incident/${broken.incidentId}`, () => '{}')
    // The pages fold their facts: an older version let such a time in.
    for (const fact of await db.selectFrom('facts').select(['id', 'text']).where('subject', 'in', [`report/${odd.id}`, `incident/${odd.incidentId}`]).execute()) {
      await db.updateTable('facts').set({ text: String(fact.text).replaceAll(/"(occurredAt|learnedAt)":\d+/g, '"$1":9007199254740991') }).where('id', '=', fact.id!).execute()
    }
  })
  // What is folded in memory goes with the process.
  await house.tree.restart(region)
  const { page } = await house.sit(region, 'duty')
  const shows = async (path: string, ...words: string[]) => {
    await page.goto(path)
    for (const word of words) await page.getByText(word, { exact: false }).first().waitFor()
    expect(await page.getByText('页面出错').count()).toBe(0)
  }
  await shows('/duty?box=out', good.title, odd.title, '时间有误', `此条无法显示：${broken.id}`)
  await shows('/incidents', good.title, odd.title, '时间有误', `此条无法显示：${broken.incidentId}`)
  await shows(`/reports/${odd.id}`, odd.title, '时间有误')
  await shows(`/incidents/${odd.incidentId}`, odd.title, '时间有误')
})
