import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSubject } from '#core/ledger/index.ts'
import type { Frame } from '#core/replicate/frames.ts'
import { until } from '#lab/federation/client.ts'
import { federation, type Federation, type Member } from '#lab/federation/federation.ts'
import { hostileChild, patientLinks, type HostileChild, type Line, type Saying } from '#lab/federation/hostileChild.ts'

/** Files against stations that ask for what is not theirs, say nothing, lie about bytes and sizes, or lose what they had. */
const [region, prefecture, county] = ['65', '65/6529', '65/6529/652927'] as const

let tree: Federation
beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture, county], links: { ...patientLinks, fileAnswer: 400, fileRetry: 100 } as typeof patientLinks })
})
afterAll(() => tree?.close())

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
interface Card { sha256: string; size: number; mediaType: string }

async function upload(at: Member, bytes: Buffer): Promise<Card> {
  const { token } = await at.as('duty')
  const answer = await fetch(`${at.url}/api/files`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }, body: bytes as never })
  expect(answer.status).toBe(201)
  return await answer.json() as Card
}

async function draft(at: Member, files: Card[]): Promise<string> {
  const duty = await at.as('duty')
  const { id } = await duty.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 120_000, learnedAt: Date.now() - 60_000, place: { division: '652927' },
    figures: { deaths: 3, missing: 0, seriousInjuries: 0, lightInjuries: 5, trapped: 0, evacuated: null, lossWan: null }, attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈。',
    attachments: files.map(({ sha256, size, mediaType }) => ({ sha256, size, mediaType, name: '现场.jpg' })),
  })
  return id
}

async function sign(at: Member, id: string): Promise<void> {
  await (await at.as('duty')).post(`/api/reports/${id}/submit`)
  await (await at.as('leader')).post(`/api/reports/${id}/sign`)
}

async function report(at: Member, ...files: Card[]): Promise<void> {
  await sign(at, await draft(at, files))
}

async function get(at: Member, sha256: string): Promise<{ status: number; body: Buffer }> {
  const { token } = await at.as('duty')
  const answer = await fetch(`${at.url}/api/files/${sha256}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) }
}

const arrives = (at: Member, bytes: Buffer) => until(`a file at ${at.address}`, async () => {
  const { status, body } = await get(at, sha(bytes))
  return status === 200 && body.equals(bytes)
})

/** A report of its own that names files. */
function naming(h: HostileChild, files: { sha256: string; size: number }[]): Saying {
  const [incident, subject] = (['incident', 'report'] as const).map((kind) => newSubject(kind, h.address, 'actual', Date.now()))
  return {
    type: 'report.drafted.v1', subject: subject!, body: {
      content: { kind: 'first', incidentId: incident!.split('/')[1], code: '11C02', title: '毒报', occurredAt: 1, learnedAt: 1, place: { division: '652927' }, figures: {}, text: 'x' },
      attachments: files.map((file) => ({ ...file, name: 'a', mediaType: 'text/plain' })),
    },
  }
}

/** A station below `parent` that answers `want` as the test likes, and what it has heard of files. */
async function liar(parent: Member, address: string, onWant: (frame: Extract<Frame, { k: 'want' }>, line: Line) => void) {
  const heard: Frame[] = []
  const h = await hostileChild(parent, address, (frame, line) => {
    if (['want', 'chunk', 'lack', 'got'].includes(frame.k)) heard.push(frame)
    if (frame.k === 'want') onWant(frame, line)
  })
  const line = await h.line()
  return {
    h, heard, name: async (...files: { sha256: string; size: number }[]) => h.send([h.say(naming(h, files))]),
    /** What the parent answers to a `want`. */
    async ask(sha256: string): Promise<string> {
      const from = heard.length
      line.send({ k: 'want', sha256, offset: 0 })
      return until('an answer', async () => heard.slice(from).find((f) => (f.k === 'chunk' || f.k === 'lack') && f.sha256 === sha256)?.k)
    },
  }
}

describe('a hash is a name, not a right', () => {
  test('H3 R-28 a station beside is neither asked for files of a report nor given them, nor after it has named their hashes itself', async () => {
    const lacking = await liar(tree.at(region), '65/@x3', (frame, line) => line.send({ k: 'lack', sha256: frame.sha256 }))
    const files = [1, 2, 3].map(() => randomBytes(30_000))
    await report(tree.at(county), ...await Promise.all(files.map((bytes) => upload(tree.at(county), bytes))))
    for (const bytes of files) await arrives(tree.at(region), bytes)
    expect(lacking.heard.filter((frame) => frame.k === 'want')).toEqual([])
    for (const bytes of files) expect(await lacking.ask(sha(bytes))).toBe('lack')
    await lacking.name(...files.map((bytes) => ({ sha256: sha(bytes), size: bytes.length })))
    for (const bytes of files) expect(await lacking.ask(sha(bytes))).toBe('lack')
    expect(lacking.heard.filter((frame) => frame.k === 'got')).toEqual([])
  })

  test('H3 R-28 a file that no fact names is given to nobody', async () => {
    const asking = await liar(tree.at(region), '65/@x4', () => undefined)
    const { sha256 } = await upload(tree.at(region), randomBytes(5_000))
    expect(await asking.ask(sha256)).toBe('lack')
  })
})

describe('stations that do not give what they are asked for', () => {
  test('H4b R-29 one that never answers holds up no file that another has', async () => {
    const silent = await liar(tree.at(region), '65/@b1', () => undefined)
    const [theirs, other] = [randomBytes(20_000), randomBytes(20_000)]
    await silent.name({ sha256: sha(theirs), size: theirs.length }, { sha256: sha(randomBytes(9)), size: 9 })
    await until('a question to the silent one', async () => silent.heard.some((frame) => frame.k === 'want'))
    await report(tree.at(prefecture), await upload(tree.at(prefecture), theirs), await upload(tree.at(prefecture), other))
    await arrives(tree.at(region), theirs)
    await arrives(tree.at(region), other)
  })

  test('H4c R-30 junk longer than the file, given and left behind, does not stand in the way of the true bytes', async () => {
    const bytes = randomBytes(20_000)
    let given = 0
    const junk = await liar(tree.at(region), '65/@c1', (frame, line) => {
      if (given++ === 0) line.send({ k: 'chunk', sha256: frame.sha256, offset: 0, size: 1_000_000, data: Buffer.alloc(65_536, 7).toString('base64') })
    })
    await junk.name({ sha256: sha(bytes), size: 1_000_000 })
    // Asked for the next piece: the first is on the disk.
    await until('the junk taken', async () => given > 1)
    junk.h.close()
    await report(tree.at(prefecture), await upload(tree.at(prefecture), bytes))
    await arrives(tree.at(region), bytes)
  })

  test('H4d R-30 no more comes in than facts declare, nor under another size than at first', async () => {
    const partials = join(tree.at(region).folder, 'files', 'partial')
    const endless = (size: (asked: number) => number) => {
      let asked = 0
      return liar(tree.at(region), `65/@d${size(1)}`, (frame, line) => line.send({ k: 'chunk', sha256: frame.sha256, offset: frame.offset, size: size(asked++), data: Buffer.alloc(8_192, 7).toString('base64') }))
    }
    for (const [declared, size] of [[10, () => 1e9], [1e6, (asked: number) => 100_000 + asked * 100_000]] as const) {
      const flood = await endless(size)
      const sha256 = sha(randomBytes(8))
      await flood.name({ sha256, size: declared })
      await until('a question', async () => flood.heard.some((frame) => frame.k === 'want'))
      // Whoever asks on without end asks for far more than these while an honest file comes in.
      const bytes = randomBytes(300_000)
      await report(tree.at(prefecture), await upload(tree.at(prefecture), bytes))
      await arrives(tree.at(region), bytes)
      const held = await Promise.all((await readdir(partials)).filter((name) => name.startsWith(sha256)).map(async (name) => (await stat(join(partials, name))).size))
      expect(Math.max(0, ...held)).toBeLessThanOrEqual(Math.min(declared, 65_536))
      expect(flood.heard.filter((frame) => frame.k === 'want').length).toBeLessThan(40)
      flood.h.close()
    }
  })
})

describe('files that are lost', () => {
  const onDisk = (at: Member, { sha256 }: Card) => join(at.folder, 'files', sha256.slice(0, 2), sha256)

  test('H4a R-31 bytes gone from the disk hold up no other file, are said to be gone, and come back by uploading them again', async () => {
    const at = tree.at(prefecture)
    const [gone, good] = [randomBytes(9_000), randomBytes(9_000)]
    const card = await upload(at, gone)
    const id = await draft(at, [card])
    await rm(onDisk(at, card))
    await sign(at, id)
    await report(at, await upload(at, good))
    await arrives(tree.at(region), good)
    const { status, body } = await get(at, card.sha256)
    expect(status).toBe(410)
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'file.lost' })
    const missing = await (await at.as('audit')).get<{ items: { sha256: string; state: string }[] }>('/api/files/missing')
    expect(missing.items).toContainEqual(expect.objectContaining({ sha256: card.sha256, state: 'lost' }))
    await upload(at, gone)
    await arrives(at, gone)
    await arrives(tree.at(region), gone)
  })

  test.each(['gone', 'altered'])('H4a R-31 bytes %s at their owner come back from a station that was given them', async (how) => {
    const at = tree.at(prefecture)
    const bytes = randomBytes(50_000)
    const card = await upload(at, bytes)
    await report(at, card)
    await arrives(tree.at(region), bytes)
    if (how === 'gone') await rm(onDisk(at, card))
    else await writeFile(onDisk(at, card), Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]))
    expect((await get(at, card.sha256)).status).toBe(410)
    await arrives(at, bytes)
    expect((await readFile(onDisk(at, card))).equals(bytes)).toBe(true)
  })

  test('H4a R-31 a start finds what the disk has lost and fetches it without being asked', async () => {
    const at = tree.at(county)
    const bytes = randomBytes(50_000)
    const card = await upload(at, bytes)
    await report(at, card)
    await arrives(tree.at(prefecture), bytes)
    await rm(onDisk(at, card))
    const again = await tree.restart(county)
    await until('the bytes on the disk', async () => existsSync(onDisk(again, card)))
  })
})
