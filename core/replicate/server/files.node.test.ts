import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#core/kernel/index.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { statement } from '#core/sql/server/statement.ts'
import { attachmentsOf, maxNamed } from '../attachments.ts'
import { sideOf } from '../sides.ts'
import type { FileFrame } from '../frames.ts'
import { FilePlane } from './filePlane.ts'
import { fileStore } from './fileStore.ts'
import { createOutbox } from './outbox.ts'
import { quickTiming, testTree, until, type TestStation, type TestTree } from './testStation.ts'

const [region, prefecture, county, other] = ['65', '65/6529', '65/6529/652928', '65/6531'] as const

let tree: TestTree
beforeEach(() => { tree = testTree([region, prefecture, county, other]) })
afterEach(() => tree.closeAll())

const quick = { fileAnswer: 300, fileRetry: 50 }
const holds = (at: TestStation, bytes: Buffer) => until(() => at.files.held.get(sha(bytes))?.equals(bytes), `a file at ${at.self}`)
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** States a fact that names files, put into the station's store or not. */
async function name(at: TestStation, to: string[], files: { bytes: Buffer; size?: number }[], subject = 'note/f'): Promise<void> {
  const attachments = files.map(({ bytes, size }) => ({ sha256: sha(bytes), size: size ?? bytes.length, name: '现场.jpg', mediaType: 'image/jpeg' }))
  await at.ledger.write({ id: 'p', name: '值班员' }, (w) => w.append({ type: 'note.pictured.v1', subject, to, body: { attachments } }))
}

describe('files over links', () => {
  test('R-28 a file goes down over a hop to whom it is for, and is not to be had beside', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const low = await tree.open(county, { parentUrl: mid.url })
    const aside = await tree.open(other, { parentUrl: top.url })
    const bytes = randomBytes(40_000)
    top.files.add(bytes)
    await name(top, [county], [{ bytes }])
    await holds(low, bytes)
    expect(mid.files.held.has(sha(bytes))).toBe(true)
    // It states a subject of its own with the hash, for itself alone and for all above.
    await name(aside, ['ancestors'], [{ bytes }], 'note/stolen')
    await until(() => top.ledger.factsOf('note/stolen').then((facts) => facts.length > 0), 'its fact at the region')
    await name(top, [other], [{ bytes: randomBytes(3) }], 'note/last')
    await until(() => aside.ledger.factsOf('note/last').then((facts) => facts.length > 0), 'what came after')
    expect(aside.files.held.size).toBe(0)
  })

  test('R-28 a station that has lost its own file gets it back from where it went', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const bytes = randomBytes(20_000)
    mid.files.add(bytes)
    await name(mid, ['up'], [{ bytes }])
    await holds(top, bytes)
    await mid.close()
    const again = await tree.open(prefecture, { parentUrl: top.url, folder: mid.folder })
    await holds(again, bytes)
  })

  /** The files plane of a station of its own database, with neighbours that the test sends away and brings back. */
  function planeOf(at: TestStation, isOnline: (peer: string) => boolean) {
    const asked: string[] = []
    let writes = 0
    const peer = (name: string) => ({ get isOnline() { return isOnline(name) }, isLedgerBusy: false, lastExchangeAt: null, send: (frame: FileFrame) => { asked.push(`${name} ${frame.k}`); return true } })
    const plane = new FilePlane({
      self: at.self, files: at.files, clock: systemClock, limit: undefined, timing: { fileAnswer: 20_000, fileRetry: 30_000 },
      database: { ...at.database, write: (work) => { writes++; return at.database.write(work) } },
      onFault: (_peer, fault) => { throw fault }, peers: () => new Map([[county, peer(county)], [region, peer(region)]]),
    })
    return { plane, asked, writes: () => writes }
  }
  const want = (at: TestStation, sha256: string, peer: string) =>
    at.database.write((tx) => fileStore(at.database.dialect).want(tx, { sha256, size: null }, peer, 1))

  test('R-29 however many files of an absent neighbour are wanted, one round looks at fifty, in one write', async () => {
    const mid = await tree.open(prefecture, { start: false })
    for (let i = 0; i < 120; i++) await want(mid, sha(Buffer.from(`${i}`)), region)
    const { plane, writes } = planeOf(mid, () => false)
    plane.pump()
    const lookedAt = async () => (await statement<{ n: number }>(mid.database.read, 'select count(*) as n from link_files where not_before > 0'))[0]!.n
    await until(async () => await lookedAt() >= 50, 'the first round')
    expect([await lookedAt(), writes()]).toEqual([50, 1])
    await until(async () => await lookedAt() === 120, 'the others')
    expect(writes()).toBe(3)
    plane.stop()
  })

  test('R-29 a holder that comes is asked at once, also where another, who is away, was to be asked', async () => {
    const mid = await tree.open(prefecture, { start: false })
    const bytes = randomBytes(10)
    await mid.database.write(async (tx) => {
      await statement(tx, 'insert into facts (id, type, subject, station, seq, at_ms, at_n, mode, text, sig, received_at, from_peer, status, reason, reacted) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)',
        ['f'.repeat(64), 'note.x.v1', 'note/n', county, 1, 1, 0, 'actual', JSON.stringify({ station: county, to: ['all'], body: {} }), '', 0, county, 'admitted', null, 1])
      await statement(tx, 'insert into subjects (subject, kind, reach) values (\'note/n\', \'note\', \'["**"]\')')
      await statement(tx, 'insert into link_file_names (sha256, position, size) values (?, 1, 10)', [sha(bytes)])
    })
    await want(mid, sha(bytes), county)
    let isBack = false
    const { plane, asked } = planeOf(mid, (peer) => peer === region && isBack)
    plane.start()
    await until(async () => (await statement<{ n: number }>(mid.database.read, 'select count(*) as n from link_files where not_before > 0'))[0]!.n === 1, 'looked at in vain')
    isBack = true
    plane.joined(region)
    await until(() => asked.length > 0, 'asked')
    expect(asked).toEqual([`${region} want`])
    plane.stop()
  })

  test('R-21 an empty file arrives too', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const bytes = Buffer.alloc(0)
    mid.files.add(bytes)
    await name(mid, ['up'], [{ bytes }])
    await holds(top, bytes)
  })

  test('R-29 what nobody has is asked for again, and the files after it come meanwhile', async () => {
    const top = await tree.open(region, { links: { timing: quick } })
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const [late, good] = [randomBytes(9_000), randomBytes(9_000)]
    mid.files.add(good)
    await name(mid, ['up'], [{ bytes: late }, { bytes: good }])
    await holds(top, good)
    mid.files.add(late)
    await holds(top, late)
    expect(await top.links.wantedFiles(10)).toEqual([])
  })

  test('R-30 a file over this station’s limit is not pulled and is shown', async () => {
    const top = await tree.open(region, { links: { timing: quick, uploadLimit: 10_000 } })
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const [large, liedAbout, small] = [randomBytes(10_001), randomBytes(10_001), randomBytes(9_000)]
    for (const bytes of [large, liedAbout, small]) mid.files.add(bytes)
    await name(mid, ['up'], [{ bytes: large }, { bytes: liedAbout, size: 10_000 }, { bytes: small, size: 1e9 }])
    await name(mid, ['up'], [{ bytes: small }])
    await holds(top, small)
    const wanted = await top.links.wantedFiles(10)
    expect(new Map(wanted.map((file) => [file.sha256, file.size]))).toEqual(new Map([[sha(large), large.length], [sha(liedAbout), 10_000]]))
    for (const { sha256 } of wanted) expect([...top.files.partials.keys()].filter((key) => key.startsWith(sha256))).toEqual([])
  })

  test('R-30 a lost file that some neighbour declares to be huge is fetched again all the same', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const aside = await tree.open(other, { parentUrl: top.url })
    const bytes = randomBytes(9_000)
    mid.files.add(bytes)
    await name(mid, ['up'], [{ bytes }])
    await holds(top, bytes)
    await name(aside, ['up'], [{ bytes, size: 2 ** 40 }], 'note/huge')
    await until(() => top.ledger.factsOf('note/huge').then((facts) => facts.length > 0), 'the lie at the region')
    await top.close()
    const again = await tree.open(region, { folder: top.folder, port: Number(new URL(top.url).port), links: { timing: { ...quickTiming, ...quick } } })
    await holds(again, bytes)
  })

  test('R-30 a partial that the giver cannot go on from is begun anew', async () => {
    const top = await tree.open(region, { links: { timing: quick } })
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const [long, wrong] = [randomBytes(20_000), randomBytes(20_000)]
    for (const bytes of [long, wrong]) mid.files.add(bytes)
    top.files.partials.set(`${sha(long)} ${prefecture}`, randomBytes(30_000))
    top.files.partials.set(`${sha(wrong)} ${prefecture}`, randomBytes(10_000))
    await name(mid, ['up'], [{ bytes: long, size: 40_000 }, { bytes: wrong }])
    await holds(top, long)
    await holds(top, wrong)
  })

  test('R-21 a fact that names no file costs no look at what is stored', async () => {
    const { database } = await tree.open(region)
    const outbox = createOutbox({ self: region, dialect: database.dialect, clock: systemClock, sha256: nodeCrypto.sha256 })
    const items = (body: object) => [{ position: 1, id: 'a', text: JSON.stringify({ station: prefecture, body }), reach: [], from: prefecture }]
    await database.write(async (tx) => {
      await statement(tx, 'alter table facts rename to gone', [], database.dialect)
      await outbox.enqueue(tx, items({ line: '一' }))
      await outbox.enqueue(tx, items({ attachments: [] }))
      await statement(tx, 'alter table gone rename to facts', [], database.dialect)
    })
  })

  test('R-28 data of a version that did not keep who names what opens, and its files travel', async () => {
    const top = await tree.open(region)
    const before = await tree.open(prefecture)
    const bytes = randomBytes(9_000)
    await name(before, ['up'], [{ bytes }])
    for (const sql of ['drop table link_file_names', 'drop table link_file_sources', 'drop table link_files', 'create table link_files (sha256 text primary key, peer text not null, wanted_at bigint not null)', 'delete from migration where name = \'replicate-002-files\'']) {
      await before.database.write((tx) => statement(tx, sql, [], before.database.dialect))
    }
    await before.close()
    const after = await tree.open(prefecture, { parentUrl: top.url, folder: before.folder, start: false })
    after.files.add(bytes)
    await after.links.start(after.server)
    await holds(top, bytes)
  })
})

describe('what a fact names', () => {
  test('R-21 each file once, with the largest size declared, wherever it stands, and no more than a bound', () => {
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
    expect(attachmentsOf({ attachments: [{ sha256: a, size: 1 }, { sha256: a, size: 5 }, { sha256: 'A'.repeat(64) }, null, 7], deep: { list: [{ attachments: [{ sha256: b }] }] } }))
      .toEqual([{ sha256: a, size: 5 }, { sha256: b, size: null }])
    expect(attachmentsOf({ attachments: [{ sha256: a, size: 2 ** 53 }, { sha256: b, size: -1 }] }).map((file) => file.size)).toEqual([null, null])
    expect(attachmentsOf({ attachments: Array.from({ length: 2 * maxNamed }, (_, i) => ({ sha256: sha(Buffer.from(`${i}`)) })) })).toHaveLength(maxNamed)
  })

  test.each([[prefecture, county, county], [prefecture, `${county}/s1`, county], [prefecture, prefecture, null], [prefecture, region, region], [prefecture, `${other}/@x`, region], [region, '65/@x', '65/@x']])('R-28 at %s, %s lies on the side of %s', (self, address, side) => {
    expect(sideOf(self, address)).toBe(side)
  })
})
