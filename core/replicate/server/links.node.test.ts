import type { AddressInfo } from 'node:net'
import { copyFileSync, mkdtempSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '#core/kernel/index.ts'
import { encode, type WireFact } from '#core/ledger/index.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import type { Hello } from '../frames.ts'
import { protocol, receiptText, transcript } from '../handshake.ts'
import { statement } from '#core/sql/server/statement.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { nodeLinkCrypto } from './linkCrypto.ts'
import { linkStore } from './linkStore.ts'
import { doorwayLimits } from './doorway.ts'
import { createReception, type TurnedAtDoor } from './reception.ts'
import { testTree, until, type TestStation, type TestTree } from './testStation.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652928'
const other = '65/6531'

let tree: TestTree
beforeEach(() => { tree = testTree([region, prefecture, county, other]) })
afterEach(() => tree.closeAll())

async function chain(): Promise<{ top: TestStation; mid: TestStation; low: TestStation }> {
  const top = await tree.open(region)
  const mid = await tree.open(prefecture, { parentUrl: top.url })
  const low = await tree.open(county, { parentUrl: mid.url })
  return { top, mid, low }
}

const line = async (at: TestStation, peer: string) => (await at.links.list()).find((l) => l.peer === peer)
const online = (at: TestStation, peer: string) => until(async () => (await line(at, peer))?.state === 'online', `${at.self} – ${peer} online`)
const stopped = (at: TestStation, peer: string, code: string) => until(async () => {
  const now = await line(at, peer)
  return now?.code === code && now
}, `${at.self} – ${peer} ${code}`)
const holds = (at: TestStation, id: string) => until(() => at.ledger.fact(id), `${id} at ${at.self}`)

/** A copy of a closed station's database, as a backup would have it. */
function backup(at: TestStation): string {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-backup-'))
  copyFileSync(join(at.folder, 'station.db'), join(folder, 'station.db'))
  return folder
}

/** A backup that went on by itself, with `lines` where its parent holds 二, has met the parent and stopped. */
async function forkedBackup(lines: string[]): Promise<{ top: TestStation; forked: TestStation }> {
  const top = await tree.open(region)
  const mid = await tree.open(prefecture, { parentUrl: top.url })
  await holds(top, await mid.write('一', ['up']))
  await mid.close()
  const folder = backup(mid)
  const later = await tree.open(prefecture, { parentUrl: top.url, folder: mid.folder })
  await holds(top, await later.write('二', ['up']))
  await later.close()
  const alone = await tree.open(prefecture, { folder })
  for (const text of lines) await alone.write(text, ['up'])
  await alone.close()
  const forked = await tree.open(prefecture, { parentUrl: top.url, folder })
  await stopped(forked, region, 'forked')
  return { top, forked }
}

describe('links over real sockets and databases', () => {
  test('R-5 R-7 a fact travels hop by hop to whom it is for, and not to others', async () => {
    const { top, mid, low } = await chain()
    const aside = await tree.open(other, { parentUrl: top.url })
    const up = await low.write('一级', ['ancestors'])
    const own = await low.write('自用', [], 'note/own')
    const all = await top.write('公告', ['all'], 'note/all')
    for (const at of [top, mid]) await holds(at, up)
    for (const at of [mid, low, aside]) await holds(at, all)
    expect(await mid.ledger.fact(own)).toBeUndefined()
    expect(await aside.ledger.fact(up)).toBeUndefined()
    await until(async () => (await line(low, prefecture))?.queued === 0, 'everything signed for')
    expect(low.faults).toEqual([])
  })

  test('R-5 L-14 a later fact for someone else makes the earlier facts of its subject travel', async () => {
    const { top, low } = await chain()
    const aside = await tree.open(other, { parentUrl: top.url })
    const first = await low.write('一', ['up'])
    const second = await low.write('二', [other])
    for (const at of [top, aside]) {
      await holds(at, first)
      await holds(at, second)
    }
    expect(await aside.lines()).toEqual(['一', '二'])
  })

  test('R-8 the sender keeps a receipt that a stranger can check', async () => {
    const { mid, low } = await chain()
    const id = await low.write('一', ['up'])
    await holds(mid, id)
    const receipt = await until(() => low.links.receiptFor(prefecture, id), 'a receipt')
    expect(JSON.parse(receipt.text)).toMatchObject({ kind: 'link.receipt.v1', from: prefecture, to: county, epoch: 1 })
    expect(nodeLinkCrypto.verify(receiptText(receipt.text), receipt.sig, mid.signer.publicKey)).toBe(true)
    expect(nodeLinkCrypto.verify(receiptText(receipt.text), receipt.sig, low.signer.publicKey)).toBe(false)
  })

  test('R-6 R-20 what was written while a link was cut arrives after healing, in order, once', async () => {
    const { top, mid, low } = await chain()
    await online(low, prefecture)
    low.links.cut(prefecture)
    top.links.cut(prefecture)
    await stopped(mid, region, 'cut-by-peer')
    const ids: string[] = []
    for (let i = 0; i < 450; i++) ids.push(await low.write(`第${i}条`, ['ancestors']))
    const waiting = (await line(low, prefecture))!
    expect(waiting).toMatchObject({ state: 'offline', queued: 450, code: 'cut' })
    expect(waiting.reason?.zh).toContain('人为切断')
    expect(waiting.lagMs).toBeGreaterThanOrEqual(0)
    low.links.heal(prefecture)
    top.links.heal(prefecture)
    await holds(top, ids.at(-1)!)
    expect(await top.lines()).toEqual(ids.map((_, i) => `第${i}条`))
    expect(await top.ledger.verify()).toEqual({ checked: 450, bad: [], gaps: [] })
  })

  test('R-16 a parent that was away: the child says why and comes back by itself', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await online(mid, region)
    const port = Number(new URL(top.url).port)
    await top.close()
    await until(async () => ['unreachable', 'stopping', 'lost'].includes((await line(mid, region))?.code ?? ''), 'offline with a reason')
    const id = await mid.write('一', ['up'])
    const again = await tree.open(region, { folder: top.folder, port })
    await holds(again, id)
  })

  test('R-10 a new child gets what is in scope', async () => {
    const top = await tree.open(region)
    const all = await top.write('公告', ['all'])
    const own = await top.write('自用', [], 'note/own')
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await holds(mid, all)
    expect(await mid.ledger.fact(own)).toBeUndefined()
  })

  test('R-11 R-14 a station restored from an old backup stops, explains, recovers, and goes on', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    const kept = await mid.write('备份前', ['up'])
    await holds(top, kept)
    await mid.close()
    const folder = backup(mid)
    const later = await tree.open(prefecture, { parentUrl: top.url, folder: mid.folder })
    const lost = [await later.write('备份后一', ['up']), await later.write('备份后二', ['up'])]
    await holds(top, lost[1]!)
    await later.close()

    const restored = await tree.open(prefecture, { parentUrl: top.url, folder })
    const told = await stopped(restored, region, 'restored-backup')
    expect(told.wayOut?.zh).toContain('doctor --recover')
    await stopped(top, prefecture, 'restored-backup')
    await expect(restored.write('不该写出', ['up'])).rejects.toMatchObject({ code: 'station.recovering' })
    await restored.links.recover()
    // The county might hold something that only it was sent; it is away, and an operator decides not to wait for it.
    await until(() => restored.links.recovering().join() === county, 'the backfill from the region')
    await expect(restored.write('还不该写出', ['up'])).rejects.toMatchObject({ code: 'station.recovering' })
    restored.links.abandonRecovery(county)
    expect(await restored.lines()).toEqual(['备份前', '备份后一', '备份后二'])
    const next = await until(() => restored.write('恢复后', ['up']).catch(() => undefined), 'authoring again')
    await holds(top, next)
    expect((await top.ledger.fact(next))?.seq).toBe(4)
    expect((await top.ledger.verify()).bad).toEqual([])
    expect((await restored.ledger.verify()).bad).toEqual([])
  })

  test('R-14 a fact that still waits at the parent for its clock comes back to its restored author, and its number is not used twice', async () => {
    const ahead = { now: () => Date.now() + 86_400_000 }
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url, clock: ahead })
    await holds(top, await mid.write('钟快一天的第一条', ['up']))
    await mid.close()
    const folder = backup(mid)
    const later = await tree.open(prefecture, { parentUrl: top.url, folder: mid.folder, clock: ahead })
    const waiting = await later.write('钟快一天的第二条', ['up'])
    expect((await holds(top, waiting)).status).toBe('waiting')
    await later.close()
    // The clock has been set meanwhile: to the restored station its own fact lies in the future.
    let skew = 0
    const restored = await tree.open(prefecture, { parentUrl: top.url, folder, clock: { now: () => Date.now() + skew } })
    await stopped(restored, region, 'restored-backup')
    await restored.links.recover()
    await until(() => restored.links.recovering().join() === county, 'the backfill')
    restored.links.abandonRecovery(county)
    // It states nothing before its clock is mended or that time has come (L-20); here it comes.
    await until(() => restored.write('钟还没到', ['up']).then(() => false, (no: { code?: string }) => no.code === 'station.clock-ahead'), 'the clock to be what is in the way')
    skew = 86_400_000
    const next = await until(() => restored.write('恢复后', ['up']).catch(() => undefined), 'authoring again')
    expect((await restored.ledger.fact(next))?.seq).toBe(3)
    await holds(top, next)
  })

  test('R-12 a restored backup that has gone on by itself has forked: both ends stop', async () => {
    const { top } = await forkedBackup(['另一个二', '另一个三'])
    await stopped(top, prefecture, 'forked')
  })

  test('R-3 R-4 a forged station with a true address is refused, and the true one goes on undisturbed', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await online(mid, region)
    const forged = await tree.open(prefecture, { parentUrl: top.url, links: { signer: nodeSigner(newPrivateKey()) } })
    await stopped(forged, region, 'unknown-station')
    expect((await line(top, prefecture))?.state).toBe('online')
    await holds(top, await mid.write('一', ['up']))
  })

  test('R-3 a revocation ends a session that stands and refuses the next', async () => {
    const top = await tree.open(region, { links: { timing: { ping: 20, dead: 600 } } })
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await online(mid, region)
    top.directory.put({ ...top.directory.station(prefecture)!, state: 'revoked' })
    await stopped(top, prefecture, 'revoked-key')
    await stopped(mid, region, 'revoked-key')
  })

  test('R-3 another station at the parent’s address is the wrong parent', async () => {
    const top = await tree.open(region)
    const aside = await tree.open(other, { parentUrl: top.url })
    const low = await tree.open(county, { parentUrl: aside.url })
    expect((await stopped(low, prefecture, 'wrong-parent')).reason?.en).toContain('Wrong parent')
  })

  test('R-3 no common version: both sides say so, nothing is lost', async () => {
    const top = await tree.open(region, { links: { protocol: { min: 3, max: 4 } } })
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await mid.write('一', ['up'])
    expect(await stopped(mid, region, 'incompatible-version')).toMatchObject({ queued: 1 })
    await stopped(top, prefecture, 'incompatible-version')
  })

  test('R-13 two processes with one key: both stop; the one that is left comes back', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await online(mid, region)
    const clone = await tree.open(prefecture, { parentUrl: top.url })
    await stopped(top, prefecture, 'clone')
    await stopped(mid, region, 'clone')
    await clone.close()
    await holds(top, await mid.write('一', ['up']))
  })

  test('R-19 rubbish closes the connection and nothing else', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await online(mid, region)
    for (const rubbish of ['', 'x', '{}', '{"k":"hello"}', '[]', '{"k":"facts","epoch":1,"first":1,"facts":[]}', '9'.repeat(100_000), randomBytes(64)]) {
      const socket = new WebSocket(`${top.url.replace('http', 'ws')}/link`)
      const ended = new Promise((done) => { socket.on('close', done) })
      socket.on('error', () => undefined)
      socket.on('open', () => { socket.send(rubbish) })
      await ended
    }
    await holds(top, await mid.write('一', ['up']))
    expect(top.faults).toEqual([])
  })

  test('R-8 a thousand receipts are kept of each neighbour, however many come from another', async () => {
    const { database } = await tree.open(region)
    const store = linkStore(database.dialect)
    await database.write(async (tx) => {
      const add = (peer: string, n: number) => store.addReceipt(tx, peer, { kind: 'link.receipt.v1', from: peer, to: region, epoch: 1, n, head: 'a'.repeat(64), at: 1 }, '', '')
      await add(other, 1)
      for (let n = 1; n <= 1002; n++) await add(prefecture, n)
      await add(other, 2)
    })
    expect((await store.receipts(database.read, other, 5)).map((row) => row.n)).toEqual([2, 1])
    expect((await store.receipts(database.read, prefecture, 2000)).at(-1)?.n).toBe(3)
  })

  test('C2 R-25 a cursor beyond our queue, without anything that we signed, costs nothing: a new epoch, and work goes on', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url })
    await holds(top, await mid.write('一', ['up']))
    await mid.close()
    await top.close()
    const database = openDatabase(join(top.folder, 'station.db'))
    await database.write((tx) => linkStore(database.dialect).setTaken(tx, prefecture, { epoch: 3, n: 50, head: 'a'.repeat(64) }))
    await database.close()
    const claiming = await tree.open(region, { folder: top.folder })
    const honest = await tree.open(prefecture, { parentUrl: claiming.url, folder: mid.folder })
    await online(honest, region)
    await holds(claiming, await honest.write('二', ['up']))
    expect(await claiming.lines()).toEqual(['一', '二'])
    expect(honest.faults.concat(claiming.faults)).toEqual([])
  })

  test('R-22 what others state about us does not push the proofs of our key out of the hello', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    const heard = new Promise<Hello>((done) => {
      server.on('connection', (socket) => socket.on('message', (data: Buffer) => done(JSON.parse(data.toString()) as Hello)))
    })
    await new Promise((done) => { server.on('listening', done) })
    const mid = await tree.open(prefecture, { start: false, parentUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const say = (station: string, type: string, seq: number, at: number): WireFact => {
      const text = encode({ type, subject: `station/${prefecture}`, station, seq, prev: '', at: [at, 0], actor: { id: 'p', name: 'x' }, to: ['all'], mode: 'actual', body: {} })
      return { text, sig: tree.keys.get(station)!.sign(text) }
    }
    const rekeyed = say(region, 'station.rekeyed.v1', 1, Date.now())
    await mid.ledger.accept([rekeyed], region)
    await mid.ledger.accept(Array.from({ length: 8 }, (_, i) => say(county, 'station.renamed.v1', 10 * (i + 1), Date.now() + 5000 + i)), county)
    await mid.links.start()
    expect((await heard).proofs).toEqual([rekeyed])
    server.close()
  })

  test('R-32 a queue with a hole does not stall: it begins anew, what is left arrives, and the log says so once', async () => {
    const top = await tree.open(region)
    const mid = await tree.open(prefecture, { parentUrl: top.url, start: false })
    for (const subject of ['note/a', 'note/b', 'note/c']) await mid.write('一', ['up'], subject)
    await mid.database.write((tx) => statement(tx, 'delete from facts where subject = ?', ['note/b'], mid.database.dialect))
    await mid.links.start(mid.server)
    await until(async () => (await top.ledger.factsOf('note/c')).length > 0, 'what comes after the hole')
    expect(mid.faults.map(String)).toEqual([expect.stringContaining('entry 2 of the queue to 65')])
  })

  test('R-12 R-24 a fork that a recovery has looked at is no evidence any more: after the operators have decided, work goes on', async () => {
    const { top, forked } = await forkedBackup(['另一个二'])
    await forked.links.recover()
    forked.links.abandonRecovery(county)
    const retried = async () => {
      top.links.retry(prefecture)
      forked.links.retry(region)
      return forked.links.recovering().length === 0 && (await line(forked, region))?.state === 'online'
    }
    await until(retried, 'the recovery')
    await until(() => forked.write('三', ['up']).catch(() => undefined), 'authoring again')
    // A new session shows the fork again; the region stops once more, for the next fact follows the one it never took.
    forked.links.cut(region)
    forked.links.heal(region)
    const next = await forked.write('四', ['up'])
    await until(async () => (await retried(), top.ledger.fact(next)), 'the fact after it')
  })

  test('C2 R-14 a recovering station does not wait for a neighbour that is revoked, or cut by hand', async () => {
    const top = await tree.open(region)
    await tree.open(prefecture, { parentUrl: top.url })
    await top.links.recover()
    await until(() => top.links.recovering().join() === other, 'the backfill from the prefecture')
    await expect(top.write('不该写出', ['all'])).rejects.toMatchObject({ code: 'station.recovering' })
    expect((await line(top, other))?.recovering).toBe(true)
    top.links.cut(other)
    await until(() => top.write('一', ['all']).catch(() => undefined), 'authoring again')
    top.links.heal(other)
    await until(() => top.write('不该写出', ['all']).then(() => false, () => true), 'silent again: it is waited for again')
    top.directory.put({ ...top.directory.station(other)!, state: 'revoked' })
    top.links.retry(other)
    await until(() => top.write('二', ['all']).catch(() => undefined), 'authoring again')
    expect(top.links.recovering()).toEqual([])
  })

  test('C3 R-15 a batch that cannot be stored is told with the peer that brought it and the stations whose facts it holds', async () => {
    const { top, mid, low } = await chain()
    await Promise.all([online(low, prefecture), online(mid, region)])
    const { accept } = top.ledger
    top.ledger.accept = async () => { throw new TypeError('a reaction that throws') }
    await low.write('一', ['ancestors'])
    const told = await until(async () => {
      const now = await line(top, prefecture)
      return now?.code === 'fault' && now
    }, 'the fault')
    expect(told.reason?.zh).toContain(`由 ${prefecture} 转来，含 ${county} 的事实`)
    expect(String(top.faults[0])).toMatch(new RegExp(`from ${prefecture}, facts of ${county}: TypeError`))
    top.ledger.accept = accept
    await until(async () => (await top.lines()).length === 1, 'the fact after all')
  })

  test('M6 R-18 a slow child gets in while a stranger from elsewhere floods the door with silent connections; the log names the stranger once', async () => {
    const turnedAway: TurnedAtDoor[] = []
    const top = await tree.open(region, { links: { sourceOf: (request) => String(request.headers['x-source']), onTurnedAway: (who) => { turnedAway.push(who) } } })
    const opened = (source: string) => new Promise<WebSocket>((done) => {
      const socket = new WebSocket(`${top.url.replace('http', 'ws')}/link`, { headers: { 'x-source': source } })
      socket.on('open', () => done(socket))
      // Refused before it is a WebSocket.
      socket.on('error', () => done(socket))
    })
    const child = await opened('child')
    const flood = await Promise.all(Array.from({ length: 320 }, () => opened('stranger')))
    expect(child.readyState).toBe(child.OPEN)
    const answer = new Promise<string>((done) => { child.on('message', (data: Buffer) => done(data.toString())) })
    child.send(JSON.stringify({ k: 'hello', protocol: { min: 1, max: 2 }, from: prefecture, to: region, publicKey: tree.keys.get(prefecture)!.publicKey, nonce: 'a'.repeat(32), boot: 'b'.repeat(32) }))
    expect(JSON.parse(await answer)).toMatchObject({ k: 'hello', from: region })
    const loud = await opened('loud')
    const ended = new Promise((done) => { loud.on('close', done) })
    loud.send('x'.repeat(70_000))
    await ended
    expect(turnedAway.filter((who) => who.source === 'loud')).toEqual([{ source: 'loud', claims: null, code: 'malformed', times: 1 }])
    expect(turnedAway.filter((who) => who.source === 'stranger' && who.code === 'crowded').length).toBeLessThanOrEqual(1)
    for (const socket of [...flood, child]) socket.terminate()
  })

  test('M6 R-18 a slow child gets in while a stranger floods the door with hellos in its name', async () => {
    const top = await tree.open(region, { links: { doorway: { perSource: 16, total: 64 }, timing: { handshake: 20_000 }, sourceOf: (request) => String(request.headers['x-source']) } })
    const signer = tree.keys.get(prefecture)!
    const hello = (): Hello => ({ k: 'hello', protocol: { min: 1, max: 1 }, from: prefecture, to: region, publicKey: signer.publicKey, nonce: randomBytes(16).toString('hex'), boot: 'b'.repeat(32) })
    const greeting = (source: string) => new Promise<{ socket: WebSocket; mine: Hello; theirs: Hello; next: Promise<string> }>((done) => {
      const socket = new WebSocket(`${top.url.replace('http', 'ws')}/link`, { headers: { 'x-source': source } })
      const mine = hello()
      // Refused at the door, or let in and answered.
      socket.on('error', () => done({ socket, mine, theirs: mine, next: Promise.resolve('') }))
      socket.on('close', () => done({ socket, mine, theirs: mine, next: Promise.resolve('') }))
      socket.on('open', () => { socket.send(JSON.stringify(mine)) })
      socket.once('message', (data: Buffer) => {
        const next = new Promise<string>((said) => { socket.on('message', (more: Buffer) => { if (!more.includes('"k":"proof"')) said(more.toString()) }); socket.on('close', () => said('{"k":"closed"}')) })
        done({ socket, mine, theirs: JSON.parse(data.toString()) as Hello, next })
      })
    })
    const child = await greeting('child')
    const flood: WebSocket[] = []
    for (let i = 0; i < 6; i++) flood.push(...(await Promise.all(Array.from({ length: 10 }, () => greeting('stranger')))).map(({ socket }) => socket))
    child.socket.send(JSON.stringify({ k: 'proof', sig: signer.sign(transcript('dialler', child.mine, child.theirs)) }))
    expect(JSON.parse(await child.next)).toMatchObject({ k: 'resume' })
    for (const socket of [...flood, child.socket]) socket.terminate()
  })

  test('R-22 a fact of a hello that could not be stored does not keep the next hello from being looked into', async () => {
    const top = await tree.open(region)
    const taken: string[] = []
    const ledger = { ...top.ledger, accept: async ([wire]: WireFact[]) => {
      taken.push(wire!.sig)
      if (taken.length === 1) throw new Error('the disk is full')
      return []
    } }
    const reception = createReception({
      ledger, clock: systemClock, protocol, sockets: new WebSocketServer({ noServer: true }), limits: doorwayLimits, random: Math.random, elapsed: () => 0, sourceOf: () => '',
      isRunning: () => true, linkOf: () => undefined, meetNeighbours: async () => undefined, onTurnedAway: () => undefined, onFault: () => undefined,
    })
    const text = encode({ type: 'station.keyRotated.v1', subject: `station/${prefecture}`, station: prefecture, seq: 1, prev: '', at: [Date.now(), 0], actor: { id: 'p', name: '值班员' }, to: ['all'], mode: 'actual', body: {} })
    const rotated: Hello = {
      k: 'hello', protocol, from: prefecture, to: region, publicKey: nodeSigner(newPrivateKey()).publicKey, nonce: 'a'.repeat(32), boot: 'b'.repeat(32),
      proofs: [{ text, sig: tree.keys.get(prefecture)!.sign(text) }],
    }
    // A fact that proves no key is not looked at: who shows it may hold a key that was stolen long ago.
    const renamed = text.replace('keyRotated', 'renamed')
    await reception.learn({ ...rotated, proofs: [{ text: renamed, sig: tree.keys.get(prefecture)!.sign(renamed) }] })
    expect(taken).toEqual([])
    const [first, second] = [reception.learn(rotated)!, reception.learn(rotated)!]
    await expect(first).rejects.toThrow('full')
    await second
    expect(taken).toHaveLength(2)
  })

  test('R-21 files follow the facts over two hops and resume where they broke off', async () => {
    const { top, mid, low } = await chain()
    await Promise.all([online(low, prefecture), online(mid, region)])
    const bytes = randomBytes(700_000)
    const sha256 = low.files.add(bytes)
    // A first attempt broke off here.
    mid.files.partials.set(`${sha256} ${county}`, bytes.subarray(0, 200_000))
    const body = { attachments: [{ sha256, size: bytes.length, name: '现场.jpg', mediaType: 'image/jpeg' }] }
    await low.ledger.write({ id: 'p', name: '值班员' }, (w) => w.append({ type: 'photo.taken.v1', subject: 'photo/f', to: ['ancestors'], body }))
    await until(() => mid.files.held.has(sha256), 'the file at the prefecture')
    await until(() => top.files.held.has(sha256), 'the file at the region')
    expect(top.files.held.get(sha256)!.equals(bytes)).toBe(true)
  })
})
