import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { backup, restore } from '#apps/cli/backup.ts'
import { readStationConfig, writeStationConfig } from '#apps/station/config.ts'
import { openStation } from '#apps/station/openStation.ts'
import { until } from '../federation/client.ts'
import { federation, quickLinks, type Federation } from '../federation/federation.ts'
import { quake } from './quake.ts'

/** What backups do to a tree when they are used. */
const [region, prefecture, county] = ['65', '65/6529', '65/6529/652927'] as const
const base = mkdtempSync(join(tmpdir(), 'fengsui-restored-'))
let tree: Federation
beforeEach(async () => { tree = await federation({ addresses: [region, prefecture, county], databaseUrl: () => undefined }) })
afterEach(() => tree?.close())
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function signed(title: string): Promise<string> {
  const duty = await tree.at(county).as('duty')
  const { id } = await duty.post<{ id: string }>('/api/reports', quake({ title }))
  await duty.post(`/api/reports/${id}/submit`)
  await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
  return id
}
const arrives = async (id: string, at: string = region) => {
  const duty = await tree.at(at).as('duty')
  await until(`${id} at ${at}`, () => duty.get(`/api/reports/${id}`).catch(() => null))
}
const allClean = async () => {
  for (const address of [region, prefecture, county]) expect([address, (await tree.at(address).station.ledger.verify()).bad]).toEqual([address, []])
}

test('R-13 a backup taken while everybody writes is whole; started elsewhere while the original still runs, it is found out, and the original goes on', async () => {
  await writeStationConfig(tree.at(county).folder, tree.at(county).config)
  const ids: string[] = []
  const writing = (async () => { while (ids.length < 15) ids.push(await signed(`第${ids.length}份`)) })()
  const copy = join(base, 'copy')
  await until('some of them', async () => ids.length >= 3)
  const manifest = await backup(tree.at(county).folder, copy, () => undefined)
  await writing
  for (const id of ids) await arrives(id)
  expect(manifest.seq).toBeGreaterThan(0)

  const elsewhere = join(base, 'elsewhere')
  await restore(copy, elsewhere, () => undefined)
  const config = { ...await readStationConfig(elsewhere), port: 0 }
  const clone = await openStation({ folder: elsewhere, config, tickMs: 0, links: { timing: quickLinks } })
  try {
    expect((await clone.station.ledger.verify()).bad).toEqual([])
    const found = await until('the clone found out', async () => {
      const [line] = await clone.links.list()
      return line?.code && ['clone', 'restored-backup'].includes(line.code) && line
    })
    expect(found.wayOut!.zh.length).toBeGreaterThan(4)
  } finally {
    await clone.close()
  }
  tree.at(county).links.retry(prefecture)
  await until('the original online again', async () => (await tree.at(county).links.list()).some((l) => l.peer === prefecture && l.state === 'online'))
  await arrives(await signed('副本关掉之后'))
  await allClean()
}, 60_000)

test('R-14 two levels restored from old backups at once: both stop, both recover, nothing that had arrived anywhere is lost', async () => {
  const early = await signed('备份之前')
  await arrives(early)
  for (const address of [county, prefecture]) {
    const { folder } = tree.at(address)
    await tree.stop(address)
    copyFileSync(join(folder, 'station.db'), join(folder, 'backup'))
  }
  await tree.restart(prefecture)
  await tree.restart(county)
  const late: string[] = []
  for (let i = 0; i < 3; i++) late.push(await signed(`备份之后${i}`))
  for (const id of late) await arrives(id)
  await (await tree.at(prefecture).as('duty')).post(`/api/reports/${late[0]}/accept`)
  await until('the acceptance at the region', async () => {
    const { hops } = await (await tree.at(region).as('duty')).get<{ hops: { station: string; acceptedAt: number | null }[] }>(`/api/reports/${late[0]}`)
    return hops.some((hop) => hop.station === prefecture && hop.acceptedAt !== null)
  })
  for (const address of [county, prefecture]) {
    const { folder } = tree.at(address)
    await tree.stop(address)
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `station.db${end}`), { force: true })
    copyFileSync(join(folder, 'backup'), join(folder, 'station.db'))
  }
  await tree.restart(prefecture)
  await tree.restart(county)
  await until('the prefecture stopped', async () => (await tree.at(prefecture).links.list()).some((l) => l.peer === region && l.code === 'restored-backup'))
  await tree.at(prefecture).links.recover()
  await tree.at(county).links.recover()
  for (const address of [prefecture, county]) await until(`${address} recovered`, async () => tree.at(address).links.recovering().length === 0, 30_000)
  for (const id of [early, ...late]) for (const address of [region, prefecture, county]) await arrives(id, address)
  const next = await until('authoring at the county', () => signed('两级恢复之后').catch(() => null))
  await arrives(next)
  const { hops } = await (await tree.at(county).as('duty')).get<{ hops: { station: string; acceptedAt: number | null }[] }>(`/api/reports/${late[0]}`)
  expect(hops.find((hop) => hop.station === prefecture)?.acceptedAt).not.toBeNull()
  for (const address of [region, prefecture, county]) for (const id of late) {
    expect((await tree.at(address).station.ledger.factsOf(`report/${id}`)).filter((f) => f.type === 'report.received.v1').map((f) => f.station).sort()).toEqual([region, prefecture])
  }
  await allClean()
}, 90_000)
