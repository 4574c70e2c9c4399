import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
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
      const text = String(fact.text).replaceAll(/"(occurredAt|learnedAt)":\d+/g, '"$1":9007199254740991')
      await db.updateTable('facts').set({ text, id: nodeCrypto.sha256(text) }).where('id', '=', fact.id!).execute()
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

test('L-24 a record with a damaged fact says that it stands still, those who can act are called, and a lost photo says why and is given again', async () => {
  const { station, folder, as } = house.tree.at(region)
  const duty = await as('duty')
  const bytes = Buffer.alloc(3_000, '照')
  const { sha256 } = await (await fetch(`${house.tree.at(region).url}/api/files`, { method: 'POST', headers: { authorization: `Bearer ${duty.token}`, 'content-type': 'application/octet-stream' }, body: bytes as never })).json() as { sha256: string }
  const { id } = await duty.post<{ id: string }>('/api/reports', { ...quake({ title: '照片和坏字节' }), attachments: [{ sha256, size: bytes.length, mediaType: 'application/octet-stream', name: '现场.jpg' }] })
  await duty.post(`/api/reports/${id}/submit`)
  rmSync(join(folder, 'files', sha256.slice(0, 2), sha256))
  expect(readdirSync(join(folder, 'files', sha256.slice(0, 2)))).toEqual([])

  const { page } = await house.sit(region, 'duty', { mayComplain: /410 \(Gone\)|ERR_CONNECTION_REFUSED/ })
  await page.goto(`/reports/${id}`)
  await page.getByRole('link', { name: '现场.jpg' }).click()
  await page.getByText('文件在本机磁盘上缺失或损坏').waitFor()
  const again = async (name: string, buffer: Buffer) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: '重新上传此文件' }).click()])
    await chooser.setFiles({ name, mimeType: 'image/jpeg', buffer })
  }
  await again('别的.jpg', Buffer.from('别的'))
  await page.getByText('不是同一个文件').waitFor()
  await again('现场.jpg', bytes)
  await page.getByRole('button', { name: '重新上传此文件' }).waitFor({ state: 'detached' })
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '现场.jpg' }).click()])
  expect(download.suggestedFilename()).toBe('现场.jpg')

  await station.database.write(async (tx) => {
    const db = tx.withTables<{ facts: { id: string; subject: string; text: string; position: number } }>()
    const last = await db.selectFrom('facts').select(['id', 'text']).where('subject', '=', `report/${id}`).orderBy('position', 'desc').limit(1).executeTakeFirstOrThrow()
    await db.updateTable('facts').set({ text: last.text.replace('report', 'rep0rt') }).where('id', '=', last.id).execute()
  })
  await house.tree.restart(region)
  await (await house.tree.at(region).as('admin')).post('/api/links/recover')
  await page.goto(`/reports/${id}`)
  await page.getByText('因一条异常数据冻结').waitFor()
  const { page: auditor } = await house.sit(region, 'audit')
  await auditor.getByText('条记录因异常数据冻结').waitFor()
  await auditor.getByRole('link', { name: '查看并处理' }).click()
  await auditor.getByRole('tab', { name: '冻结 1' }).click()
  await auditor.getByText(`report/${id}`).waitFor()
})
