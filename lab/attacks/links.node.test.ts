import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '#core/kernel/index.ts'
import type { LinkLine } from '#core/replicate/server/links.ts'
import { receiptText } from '#core/replicate/index.ts'
import { encode } from '#core/ledger/index.ts'
import { join } from '#apps/cli/join.ts'
import { readStationConfig } from '#apps/station/config.ts'
import { openStation } from '#apps/station/openStation.ts'
import { until, type Client } from '#lab/federation/client.ts'
import { federation, quickLinks, type Federation } from '#lab/federation/federation.ts'
import { dial, hostileChild, patientLinks, type HostileChild } from '#lab/federation/hostileChild.ts'

/** Attacks over the link of a running federation, by a child that is truly enrolled and lies. */
const [region, prefecture, county] = ['65', '65/6529', '65/6529/652927'] as const
const lineOf = async (tree: Federation, at: string, peer: string): Promise<LinkLine | undefined> => (await tree.at(at).links.list()).find((line) => line.peer === peer)

describe('a child that lies about its parent', () => {
  let tree: Federation
  let admin: Client
  let hostile: HostileChild
  beforeAll(async () => {
    tree = await federation({ addresses: [region, prefecture], links: { ...patientLinks, refill: 0 } as typeof patientLinks })
    admin = await tree.at(prefecture).as('admin')
    hostile = await hostileChild(tree.at(prefecture), '65/6529/652923')
  })
  afterAll(() => tree?.close())

  let names = 0
  const works = async () => {
    const { name } = await admin.patch<{ name: string }>(`/api/stations/${encodeURIComponent(prefecture)}`, { name: `改名${++names}` })
    expect(name).toBe(`改名${names}`)
    const up = await until('the link upward', async () => {
      const line = await lineOf(tree, prefecture, region)
      return line?.state === 'online' && line.queued === 0 && line
    })
    expect(up.recovering).toBe(false)
  }

  test.each(['restored-backup', 'forked'] as const)('C2 R-24 `stop %s` that names the parent: the parent works on, and tells whose word it is', async (code) => {
    const line = await dial(tree.at(prefecture), hostile.address, hostile.signer)
    line.send({ k: 'stop', code, who: prefecture })
    await line.closed
    await works()
    const told = (await lineOf(tree, prefecture, hostile.address))!
    expect(told).toMatchObject({ code, saidBy: hostile.address })
    expect(told.reason).toMatchObject({ zh: expect.stringContaining(`${hostile.address} 声称`) as string, en: expect.stringContaining('has shown no evidence') as string })
  })

  test('C2 R-25 a cursor beyond the parent’s queue, a future epoch, a hash of nothing: the parent works on', async () => {
    for (const claim of [{ epoch: 99, n: 5, head: 'a'.repeat(64) }, { epoch: 101, n: 9999, head: 'a'.repeat(64) }, { epoch: 101, n: 0, head: '' }]) {
      const line = await dial(tree.at(prefecture), hostile.address, hostile.signer, undefined, undefined, claim)
      await works()
      expect(line.stopped).toBeNull()
      line.close()
    }
  })

  test('C2 R-24 a receipt over another history than was sent: the parent works on', async () => {
    const line = await dial(tree.at(prefecture), hostile.address, hostile.signer)
    // The child has taken nothing of the newest epoch: its parent sends, and learns from the answer only that it is none.
    const text = encode({ kind: 'link.receipt.v1', from: hostile.address, to: prefecture, epoch: 102, n: 1, head: 'b'.repeat(64), at: Date.now() })
    line.send({ k: 'receipt', text, sig: hostile.signer.sign(receiptText(text)) })
    await line.closed
    expect(line.stopped).toBe('malformed')
    await works()
  })

  test('C2 the child that said all this can be revoked', async () => {
    const line = await dial(tree.at(prefecture), hostile.address, hostile.signer)
    line.send({ k: 'stop', code: 'restored-backup', who: prefecture })
    await admin.post(`/api/stations/${encodeURIComponent(hostile.address)}/revoke`, { reason: '说谎' })
    expect(await hostile.knock()).toBe('revoked-key')
    await works()
  })

  test.each([['epoch', '65/6529/652924'], ['resume', '65/6529/652925']])('H6 R-25 a thief that runs the epochs up with `%s` leaves the address to the machine that is keyed after it', async (how, address) => {
    const thief = await hostileChild(tree.at(prefecture), address)
    const parent = tree.at(prefecture)
    for (const epoch of [Number.MAX_SAFE_INTEGER, 2 ** 48, 2 ** 20, 2 ** 21 - 1, 2 ** 20 * 3 - 2]) {
      const line = await dial(parent, thief.address, thief.signer, undefined, undefined, how === 'resume' ? { epoch: Math.min(epoch, 2 ** 47), n: 0, head: '' } : undefined)
      if (line.isOpen) line.send({ k: 'epoch', epoch, until: 0 })
      if (line.isOpen) line.send({ k: 'facts', epoch, first: 1, facts: [thief.say({ type: 'station.renamed.v1', subject: `station/${thief.address}`, to: ['all'], body: { name: `窃${epoch}` } })] })
      await Promise.race([line.closed, line.receiptFor(1).catch(() => undefined)])
      line.close()
    }
    await admin.post(`/api/stations/${encodeURIComponent(thief.address)}/revoke`, { reason: '密钥被盗' })
    const { token } = await admin.post<{ token: string }>(`/api/stations/${encodeURIComponent(thief.address)}/rekey`, {})
    const folder = mkdtempSync(joinPath(tmpdir(), 'fengsui-rekeyed-'))
    await join(token, { data: folder, mode: 'test', host: '127.0.0.1', port: 0, parent: parent.url }, () => undefined)
    const machine = await openStation({ folder, config: { ...await readStationConfig(folder), port: 0 }, tickMs: 0, links: { timing: { ...quickLinks, ...patientLinks } } })
    try {
      // It meets what its address once stated, as a machine from a backup does, and fetches it back.
      await until('what the address stated', async () => ['restored-backup', null].includes((await machine.links.list())[0]!.code))
      await machine.links.recover()
      const line = await until('the new machine online', async () => {
        const [up] = await machine.links.list()
        return up?.state === 'online' && !up.recovering && machine.links.recovering().length === 0 && up
      })
      expect(line.code).toBeNull()
    } finally {
      await machine.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a clock that is ahead', () => {
  const day = 86_400_000
  const skew: Record<string, number> = {}
  const clockOf = (address: string): Clock => ({ now: () => Date.now() + (skew[address] ?? 0) })
  let tree: Federation
  beforeAll(async () => { tree = await federation({ addresses: [region, prefecture, county], clock: clockOf }) })
  afterAll(() => tree?.close())

  test('C5 R-26 R-27 the sender is told that what it sent waits, and why; both ends show whose clock is ahead', async () => {
    skew[county] = day
    await tree.restart(county)
    const admin = await tree.at(county).as('admin')
    await admin.patch(`/api/stations/${encodeURIComponent(county)}`, { name: '钟快的县' })
    const line = await until('the parent’s word that it waits', async () => {
      const up = await lineOf(tree, county, prefecture)
      return up?.waitingThere && up
    })
    expect(line).toMatchObject({ state: 'online', waitingThere: { n: 1, why: 'future-clock' } })
    for (const seen of [line, await lineOf(tree, prefecture, county)]) expect(Math.abs(seen!.clockAheadMs! - day)).toBeLessThan(60_000)
    skew[prefecture] = day
    await tree.at(prefecture).tick()
    await until('nothing waits there', async () => (await lineOf(tree, county, prefecture))?.waitingThere === null)
  })
})
