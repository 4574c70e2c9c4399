import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { newPrivateKey, nodeSigner, sha256Bytes } from '#core/ledger/server/nodeCrypto.ts'
import { newClientId } from '#core/live/clientId.ts'
import { LiveDocument } from '#core/live/document.ts'
import { signedText, type Entry } from '#core/live/entry.ts'
import { decodeMessage, encodeMessage, type Message } from '#core/live/messages.ts'
import type { Stamped } from '#core/live/stamped.ts'
import { until, type Client } from '#lab/federation/client.ts'
import { federation, type Federation, type Member } from '#lab/federation/federation.ts'
import { dial, patientLinks, type Line } from '#lab/federation/hostileChild.ts'
import { layerPath, plotClient, pointAt, reportedIncident } from '#lab/plot/plotFederation.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { plainStroke } from '#modules/plot/stroke.ts'
import { openScreen, type TestScreen } from './screen.ts'

/** Must show 4: whoever tries, by link or by screen, is refused, it is logged, and nothing changes. */
const [region, prefecture, county, otherCounty] = ['65', '65/6529', '65/6529/652927', '65/6529/652922']
const hostile = '65/6529/652927/s9'

let tree: Federation
let id: string
let ours: string
let theirs: string
let signer: ReturnType<typeof nodeSigner>
let line: Line
let heard: Message[]
let audit: Client

beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture, county, otherCounty], links: patientLinks })
  id = (await reportedIncident(tree, county, [region, prefecture, county])).id
  signer = nodeSigner(newPrivateKey())
  const admin = await tree.at(county).as('admin')
  const { token } = await admin.post<{ token: string }>('/api/enrolment/tokens', { address: hostile, name: '现场', kind: 'government', expiresInHours: 1 })
  await admin.post('/api/enrolment', { token, publicKey: signer.publicKey })
  ours = layerDoc(layerIdOf(id, county))
  theirs = layerDoc(layerIdOf(id, hostile))
  audit = await tree.at(county).as('audit')
  await (await plotClient(tree, county, 'duty')).ask('POST', layerPath(layerIdOf(id, county), '/features'), pointAt(78.63, 41.26, '震中'))
})
afterAll(async () => {
  line?.close()
  await tree?.close()
})

const at = (member: Member, doc: string) => member.station.live.history(doc).then((history) => JSON.stringify(history))
const refusals = () => audit.get<{ items: { from: string; doc: string; code: string }[] }>('/api/live/refusals').then((a) => a.items)
const logged = (code: string, from: string, seen: number) => until(`${code} of ${from} in the log`, async () => {
  const items = (await refusals()).filter((r) => r.code === code && r.from === from)
  return items.length > seen && items[0]
})
const count = async (code: string, from: string) => (await refusals()).filter((r) => r.code === code && r.from === from).length

let run = 0
const stamp = (station = hostile, more: Record<string, unknown> = {}) => ({ at: Date.now(), by: 'x', byName: '某人', station, ...plainStroke, shape: 'symbol', symbol: 'A10300', points: [[78.6, 41.2]], ...more }) as unknown as Stamped
const written = (value: Stamped, station = hostile) => new LiveDocument().write(newClientId(station), [{ key: 'k1', value }])
const entryOf = (doc: string, update: Uint8Array, change: Partial<Entry> = {}): Entry => {
  const entry = { doc, station: hostile, run: `run${++run}`, first: 1, seq: 1, at: Date.now(), updates: [update], ...change }
  return { ...entry, sig: signer.sign(signedText(entry, { hash: sha256Bytes })) }
}
const sendEntry = ({ doc, ...entry }: Entry) => line.sendRaw(Buffer.from(encodeMessage({ k: 'entries', doc, entries: [entry] })))

describe('a station that is truly enrolled, over its true link', () => {
  beforeAll(async () => {
    heard = []
    await connect()
  })
  beforeEach(() => (line.isOpen ? undefined : connect()))

  async function connect(): Promise<void> {
    line = await dial(tree.at(county), hostile, signer, (bytes) => {
      const decoded = decodeMessage(bytes)
      if ('message' in decoded && decoded.message) heard.push(decoded.message)
    })
    line.sendRaw(Buffer.from(encodeMessage({ k: 'have', docs: [], last: true })))
  }

  /** Sends one entry; it is refused with `code`, logged, and neither document has changed, here or above. */
  async function refusedWith(code: string, doc: string, entry: Entry): Promise<void> {
    const before = [await at(tree.at(county), doc), await at(tree.at(prefecture), doc)]
    const seen = await count(code, hostile)
    sendEntry(entry)
    expect(await logged(code, hostile, seen)).toMatchObject({ doc })
    expect([await at(tree.at(county), doc), await at(tree.at(prefecture), doc)]).toEqual(before)
  }

  test('it may draw on its own layer, and what it draws is seen at the region', async () => {
    sendEntry(entryOf(theirs, written(stamp())))
    await until('the stroke at the region', async () => ((await tree.at(region).station.live.values(theirs))?.size ?? 0) === 1)
  })

  test('without a grant it writes on nobody’s layer', () => refusedWith('live.not-writer', ours, entryOf(ours, written(stamp()))))

  test('it cannot speak in another station’s name: the signature is its own', () =>
    refusedWith('live.bad-signature', ours, entryOf(ours, written(stamp(county), county), { station: county })))

  test('an entry changed on its way does not verify', () => {
    const entry = entryOf(theirs, written(stamp()))
    return refusedWith('live.bad-signature', theirs, { ...entry, at: entry.at + 1 })
  })

  test('it cannot write under another station’s clients', () => refusedWith('live.foreign-client', theirs, entryOf(theirs, written(stamp(), county))))

  test('it cannot sign a stroke with another station’s name', () => refusedWith('live.bad-stamp', theirs, entryOf(theirs, written(stamp(county)))))

  test('an update that is none is refused', () => refusedWith('live.malformed', theirs, entryOf(theirs, new Uint8Array([9, 9, 9, 9]))))

  test('an update of too many values is refused', () => {
    const document = new LiveDocument()
    const many = document.write(newClientId(hostile), Array.from({ length: 4_001 }, (_, i) => ({ key: `k${i}`, value: { at: 1, by: 'x', byName: 'x', station: hostile } })))
    return refusedWith('live.too-large', theirs, entryOf(theirs, many))
  })

  test('an update that holds what is no value is refused', () => {
    const doc = new Y.Doc({ gc: false })
    doc.clientID = newClientId(hostile)
    doc.getArray('v').push(['x'])
    return refusedWith('live.bad-structure', theirs, entryOf(theirs, Y.encodeStateAsUpdate(doc)))
  })

  test('a replayed entry changes nothing and is taken for what it is; another under the same number is not looked at', async () => {
    const first = entryOf(theirs, written(stamp(hostile, { label: '一' })))
    sendEntry(first)
    await until('the first', async () => (await at(tree.at(county), theirs)).includes('一'))
    const before = await at(tree.at(county), theirs)
    sendEntry(first)
    sendEntry(entryOf(theirs, written(stamp(hostile, { label: '改写' })), { run: first.run }))
    // What comes after proves that both were dealt with.
    sendEntry(entryOf(theirs, written(stamp(hostile, { label: '二' }))))
    await until('the one after', async () => (await at(tree.at(county), theirs)).includes('二'))
    expect(await at(tree.at(county), theirs)).not.toContain('改写')
    expect((JSON.parse(await at(tree.at(county), theirs)) as unknown[]).length).toBe((JSON.parse(before) as unknown[]).length + 1)
  })

  test('packing that rewrites what was said is refused', async () => {
    const [a, b] = [written(stamp(hostile, { label: '甲' })), written(stamp(hostile, { label: '乙' }))]
    const first = entryOf(theirs, a)
    sendEntry(first)
    sendEntry(entryOf(theirs, b, { run: first.run, first: 2, seq: 2 }))
    await until('both, above too', async () => (await at(tree.at(prefecture), theirs)).includes('乙'))
    await refusedWith('live.rewritten', theirs, entryOf(theirs, a, { run: first.run, first: 1, seq: 2, updates: [a, written(stamp(hostile, { label: '丙' }))] }))
  })

  test('numbers that leave something out wait for it; the station asks', async () => {
    heard.length = 0
    sendEntry(entryOf(theirs, written(stamp()), { first: 5, seq: 5 }))
    await until('the question', async () => heard.some((m) => m.k === 'vector' && m.doc === theirs))
  })

  test('it is not heard on an incident that is none of its business', async () => {
    const other = await reportedIncident(tree, otherCounty, [prefecture], '柯坪县发生5.0级地震')
    const doc = layerDoc(layerIdOf(other.id, otherCounty))
    const before = await at(tree.at(prefecture), doc)
    // The county it hangs below holds no such plot, so there is nothing it could change.
    sendEntry(entryOf(doc, written(stamp())))
    sendEntry(entryOf(theirs, written(stamp(hostile, { label: '之后' }))))
    await until('the one after', async () => (await at(tree.at(county), theirs)).includes('之后'))
    expect(await tree.at(county).station.live.values(doc)).toBeUndefined()
    expect(await at(tree.at(prefecture), doc)).toBe(before)
  })

  test('it cannot show a hand of another station', async () => {
    const seen = await count('live.foreign-presence', hostile)
    line.sendRaw(Buffer.from(encodeMessage({ k: 'presence', room: `plot/${id}`, here: [{ id: 'h1', station: county, name: '冒名', person: 'x', n: 1, body: '{}' }], gone: [] })))
    await logged('live.foreign-presence', hostile, seen)
  })

  test('bytes that are no message end the session, and so does one too long', async () => {
    for (const bytes of [Buffer.from([1, 22, 255, 255, 255]), Buffer.alloc(1024 * 1024 + 1, 1)]) {
      line.sendRaw(bytes)
      await line.closed
      await connect()
    }
    await logged('live.malformed', hostile, 0)
  })
})

describe('a person at a screen', () => {
  let screen: TestScreen
  let inbox: Message[]
  const open = async (account: string) => {
    const caller = await tree.at(county).as(account)
    screen = await openScreen(tree.at(county).url, caller)
    inbox = []
    screen.socket.on('message', (data: Buffer, isBinary) => {
      const decoded = isBinary ? decodeMessage(data) : null
      if (decoded && 'message' in decoded && decoded.message) inbox.push(decoded.message)
    })
    return { person: (await caller.get<{ person: { id: string; name: string } }>('/api/session')).person }
  }
  const answer = (n: number) => until(`an answer to ${n}`, async () => inbox.find((m) => (m.k === 'refused' || m.k === 'ack') && m.n === n))
  let n = 0
  const send = (doc: string, update: Uint8Array) => {
    screen.socket.send(encodeMessage({ k: 'update', doc, n: ++n, update }))
    return answer(n)
  }
  const unchanged = async (doc: string, work: () => Promise<unknown>) => {
    const before = await at(tree.at(county), doc)
    await work()
    expect(await at(tree.at(county), doc)).toBe(before)
  }

  test('an account that may only look is refused', async () => {
    const { person } = await open('audit')
    await unchanged(ours, async () => {
      expect(await send(ours, written(stamp(county, { by: person.id, byName: person.name }), county))).toMatchObject({ k: 'refused', code: 'live.not-allowed' })
    })
    await logged('live.not-allowed', `person:${person.id}`, 0)
    await screen.close()
  })

  test('a duty officer is refused on a layer of a station that gave no grant', async () => {
    const { person } = await open('duty')
    const doc = layerDoc(layerIdOf(id, region))
    await unchanged(doc, async () => {
      expect(await send(doc, written(stamp(county, { by: person.id, byName: person.name }), county))).toMatchObject({ k: 'refused', code: 'live.not-writer' })
    })
    await logged('live.not-writer', `person:${person.id}`, 0)
    await screen.close()
  })

  test('rubbish, too much, foreign clients, other names, times ahead and values that are no strokes are refused, each with its reason', async () => {
    const { person } = await open('duty')
    const own = { by: person.id, byName: person.name }
    const cases: [string, Uint8Array][] = [
      ['live.malformed', new Uint8Array([7, 7, 7, 7])],
      ['live.foreign-client', written(stamp(county, own), region)],
      ['live.bad-stamp', written(stamp(county), county)],
      ['live.bad-stamp', written(stamp(region, own), county)],
      ['live.bad-stamp', written(stamp(county, { ...own, at: Date.now() + 3_600_000 }), county)],
      ['live.bad-value', written(stamp(county, { ...own, symbol: 'nonsense' }), county)],
      ['live.bad-value', written(stamp(county, { ...own, extra: 1 }), county)],
    ]
    for (const [code, update] of cases) {
      await unchanged(ours, async () => { expect(await send(ours, update)).toMatchObject({ k: 'refused', code }) })
    }
    for (const code of new Set(cases.map(([code]) => code))) await logged(code, `person:${person.id}`, 0)
    await screen.close()
  })

  test('a replayed update is acknowledged and changes nothing', async () => {
    const { person } = await open('duty')
    const update = written(stamp(county, { by: person.id, byName: person.name, label: '重放' }), county)
    expect(await send(ours, update)).toMatchObject({ k: 'ack' })
    await unchanged(ours, async () => { expect(await send(ours, update)).toMatchObject({ k: 'ack' }) })
    await screen.close()
  })

  test('nobody goes on where another screen is writing', async () => {
    const { person } = await open('duty')
    const source = new LiveDocument()
    const client = newClientId(county)
    const own = { by: person.id, byName: person.name }
    expect(await send(ours, source.write(client, [{ key: 'mine', value: stamp(county, own) }]))).toMatchObject({ k: 'ack' })
    const second = source.write(client, [{ key: 'mine', value: stamp(county, own) }])
    const first = screen
    await open('duty')
    await unchanged(ours, async () => { expect(await send(ours, second)).toMatchObject({ k: 'refused', code: 'live.foreign-client' }) })
    await Promise.all([screen.close(), first.close()])
  })

  test('bytes that are no message, messages that are not for screens, and a flood close the socket', async () => {
    for (const bytes of [new Uint8Array([1, 3, 255]), encodeMessage({ k: 'vector', doc: ours, chains: [], isAnswer: false })]) {
      await open('duty')
      const closed = once(screen.socket, 'close')
      screen.socket.send(bytes)
      expect((await closed)[0]).toBe(1003)
    }
    await open('duty')
    const closed = once(screen.socket, 'close')
    const full = encodeMessage({ k: 'update', doc: ours, n: 1, update: new Uint8Array(250_000) })
    for (let i = 0; i < 40; i++) screen.socket.send(full)
    expect((await closed)[0]).toBe(4429)
  })

  test('a sealed layer takes nothing more', async () => {
    const { person } = await open('duty')
    await (await plotClient(tree, county, 'leader')).ask('POST', layerPath(layerIdOf(id, county), '/seal'))
    await unchanged(ours, async () => {
      expect(await send(ours, written(stamp(county, { by: person.id, byName: person.name }), county))).toMatchObject({ k: 'refused', code: 'live.sealed' })
    })
    await screen.close()
  })
})
