import * as fc from 'fast-check'
import * as Y from 'yjs'
import { describe, expect, it } from 'vitest'
import { clientMark, isClientOf, newClientId } from './clientId.ts'
import { LiveDocument } from './document.ts'
import { inspectUpdate } from './inspectUpdate.ts'
import { decodeMessage, encodeMessage, type Message, type Present } from './messages.ts'
import { inParts } from './presence.ts'
import type { Stamped } from './stamped.ts'

const station = '65/6529'
const stamp = { at: 1_706_000_000_000, by: 'p1', byName: '张三', station }
const client = newClientId(station)
const anyone = () => true
const written = (document: LiveDocument, key: string, change: Record<string, unknown> = {}, by = client) => document.write(by, [{ key, value: { ...stamp, ...change } as Stamped }])
/** Bytes made by other means than ours. */
const foreign = (change: (doc: Y.Doc) => void) => {
  const doc = new Y.Doc({ gc: false })
  change(doc)
  return Y.encodeStateAsUpdate(doc)
}

describe('V-1 documents', () => {
  it('keeps every value ever written, in the order of its time, and shows the last', () => {
    const document = new LiveDocument()
    written(document, 'a', { label: '一' })
    written(document, 'b', { label: '二', at: stamp.at + 1 })
    written(document, 'a', { label: '三', at: stamp.at + 2 })
    written(document, 'b', { label: '二', at: stamp.at + 3, gone: true })
    expect([...document.values().keys()]).toEqual(['a'])
    expect(document.history().map(({ key, value }) => [key, value.label, value.gone ?? false])).toEqual([['a', '一', false], ['b', '二', false], ['a', '三', false], ['b', '二', true]])
  })

  it('two documents that took the same updates in any order say the same text', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('a', 'b', 'c'), fc.nat(1000), fc.boolean()), { maxLength: 30 }), fc.infiniteStream(fc.nat()), (edits, chance) => {
      const writers = [0, 1, 2].map(() => ({ document: new LiveDocument(), client: newClientId(station) }))
      const updates: Uint8Array[][] = [[], [], []]
      for (const [who, key, at, mix] of edits) {
        const { document, client } = writers[who]!
        updates[who]!.push(document.write(client, [{ key, value: { ...stamp, at, label: String(at) } as Stamped }]))
        // Now and then somebody hears all that another has said.
        if (mix) for (const update of updates[(who + 1) % 3]!) document.apply(update)
      }
      // Each writer's own updates stay in order, as a chain keeps them; how chains are mixed is chance.
      const mixed = () => {
        const document = new LiveDocument()
        const at = [0, 0, 0]
        const left = () => at.map((n, i) => (n < updates[i]!.length ? i : -1)).filter((i) => i >= 0)
        for (let open = left(); open.length > 0; open = left()) {
          const who = open[chance.next().value! % open.length]!
          document.apply(updates[who]![at[who]!++]!)
        }
        return document.canonical()
      }
      expect(mixed()).toBe(mixed())
    }), { numRuns: 200 })
  })
})

describe('V-4 client numbers', () => {
  it('carry their station’s mark in 53 bits', () => {
    expect(Number.isSafeInteger(client)).toBe(true)
    expect(isClientOf(client, station)).toBe(true)
    expect(isClientOf(client, '65/6530')).toBe(false)
    expect(clientMark(station)).toBeLessThan(2 ** 21)
  })
})

describe('V-5 inspection', () => {
  const look = (update: Uint8Array, document = new LiveDocument(), mayWrite: (client: number) => boolean = anyone) => inspectUpdate(document, update, mayWrite, true)

  it('reads what honest writers write: first values, overwriting, several at once, concurrent ones', () => {
    const document = new LiveDocument()
    const other = new LiveDocument()
    for (const update of [written(document, 'a', { label: '一' }), written(document, 'a', { label: '二' }), written(document, 'b', { gone: true })]) {
      expect(look(update, other)).toMatchObject({ written: [{ value: { station } }] })
      other.apply(update)
    }
    const apart = written(other, 'a', { label: '三' }, newClientId(station))
    written(document, 'a', { label: '四' })
    expect(look(apart, document)).toMatchObject({ written: [{ key: 'a', value: { label: '三' } }] })
  })

  it('knows nothing new in a replayed update', () => {
    const document = new LiveDocument()
    expect(look(written(document, 'a'), document)).toEqual({ written: [] })
  })

  it.each([
    ['bytes that are no update', new Uint8Array([1, 2, 3, 4]), 'malformed'],
    ['too many bytes', new Uint8Array(300_000), 'too-large'],
    ['another root', foreign((doc) => { doc.getMap('w').set('a', { ...stamp }) }), 'bad-structure'],
    ['an array', foreign((doc) => { doc.getArray('v').push([{ ...stamp }]) }), 'bad-structure'],
    ['a nested map', foreign((doc) => { doc.getMap('v').set('a', new Y.Map()) }), 'bad-structure'],
    ['text', foreign((doc) => { doc.getText('v').insert(0, 'x') }), 'bad-structure'],
    ['a key that is none', foreign((doc) => { doc.getMap('v').set('a b', { ...stamp }) }), 'bad-structure'],
    ['a value without a stamp', foreign((doc) => { doc.getMap('v').set('a', { label: 'x' }) }), 'bad-value'],
    ['a value that is no object', foreign((doc) => { doc.getMap('v').set('a', 7) }), 'bad-value'],
    ['a value with bytes in it', foreign((doc) => { doc.getMap('v').set('a', { ...stamp, x: new Uint8Array(3) }) }), 'bad-value'],
    ['a value nested too deep', foreign((doc) => { doc.getMap('v').set('a', { ...stamp, x: [[[[[[[1]]]]]]] }) }), 'bad-value'],
  ])('refuses %s', (_what, update, fault) => {
    expect(look(update)).toMatchObject({ fault })
  })

  it('V-5 takes what rests on each other in the order in which it can be applied, however many clients have written', () => {
    const source = new LiveDocument()
    const seed = written(source, 'a')
    // Each overwrites the one before, under a client id smaller than it.
    const clients = Array.from({ length: 300 }, () => newClientId(station)).sort((a, b) => b - a)
    const updates = clients.map((by, i) => written(source, 'a', { label: `${i}` }, by))
    const target = new LiveDocument()
    target.apply(seed)
    expect(look(Y.mergeUpdates(updates), target)).toMatchObject({ written: clients.map((_, i) => ({ value: { label: `${i}` } })) })
  })

  it('refuses a client that is not the writer’s, a gap, and deleting without writing', () => {
    const source = new LiveDocument()
    const first = written(source, 'a')
    const second = written(source, 'b')
    expect(look(first, new LiveDocument(), (c) => isClientOf(c, '65/6530'))).toMatchObject({ fault: 'foreign-client' })
    expect(look(second)).toMatchObject({ fault: 'gap' })
    const held = new LiveDocument()
    held.apply(first)
    const copy = new Y.Doc({ gc: false })
    Y.applyUpdate(copy, first)
    let deletion = new Uint8Array()
    copy.on('update', (update: Uint8Array) => { deletion = new Uint8Array(update) })
    copy.getMap('v').delete('a')
    expect(look(deletion, held)).toMatchObject({ fault: 'bad-structure' })
  })

  it('a peer’s update may rest on what is still on its way; it becomes part of the document with that', () => {
    const source = new LiveDocument()
    const first = written(source, 'a', { label: '一' })
    const second = written(source, 'a', { label: '二' }, newClientId(station))
    const held = new LiveDocument()
    expect(inspectUpdate(held, second, anyone, false)).toMatchObject({ written: [{ value: { label: '二' } }] })
    held.apply(second)
    expect(held.values().size).toBe(0)
    held.apply(first)
    expect(held.canonical()).toBe(source.canonical())
  })

  it('answers on any bytes, and changes nothing', () => {
    const document = new LiveDocument()
    const good = written(document, 'a', { label: '一' })
    const before = document.canonical()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), fc.nat(255), (noise, at, byte) => {
      expect(look(noise, document)).toBeDefined()
      const bent = good.slice()
      bent[at % bent.length] = byte
      expect(look(bent, document)).toBeDefined()
      expect(document.canonical()).toBe(before)
    }), { numRuns: 2_000 })
  })
})

describe('V-10 messages', () => {
  const text = fc.string({ maxLength: 40 })
  const number = fc.nat()
  const chains = fc.array(fc.record({ station: text, run: fc.string({ maxLength: 10 }), seq: number }), { maxLength: 5 })
  const here = fc.array(fc.record({ id: fc.string({ maxLength: 12 }), station: text, name: text, person: text, n: number, body: text }), { maxLength: 4 })
  const gone = fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 })
  const update = fc.uint8Array({ maxLength: 200 })
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.record({ k: fc.constant('open' as const), doc: text, state: update }),
    fc.record({ k: fc.constant('opened' as const), doc: text, update, mayWrite: fc.boolean(), now: number }),
    fc.record({ k: fc.constant('update' as const), doc: text, n: number, update }),
    fc.record({ k: fc.constant('refused' as const), doc: text, n: number, code: text, zh: text, en: text }),
    fc.record({ k: fc.constant('have' as const), docs: fc.array(fc.record({ doc: text, digest: fc.string({ maxLength: 8 }) }), { maxLength: 5 }), last: fc.boolean() }),
    fc.record({ k: fc.constant('vector' as const), doc: text, chains, isAnswer: fc.boolean() }),
    fc.record({ k: fc.constant('entries' as const), doc: text, entries: fc.array(fc.record({ station: text, run: fc.string({ maxLength: 10 }), first: number, seq: number, at: number, updates: fc.array(update, { maxLength: 4 }), sig: text }), { maxLength: 3 }) }),
    fc.record({ k: fc.constant('presence' as const), room: text, here, gone }),
  )

  it('come back as they went', () => {
    fc.assert(fc.property(message, (sent) => {
      expect(decodeMessage(encodeMessage(sent))).toEqual({ message: sent })
    }), { numRuns: 500 })
  })

  it('are refused when bent, cut or of another version, and never throw', () => {
    fc.assert(fc.property(message, fc.nat(), fc.nat(255), (sent, at, byte) => {
      const bytes = encodeMessage(sent)
      expect(decodeMessage(bytes.slice(0, at % bytes.length))).toHaveProperty('fault')
      bytes[at % bytes.length] = byte
      expect(decodeMessage(bytes)).toBeDefined()
    }), { numRuns: 2_000 })
    expect(decodeMessage(new Uint8Array([2, 1, 0]))).toMatchObject({ fault: expect.stringContaining('version') })
    expect(decodeMessage(new Uint8Array([1, 250, 7]))).toEqual({ message: null })
  })
})

it('V-12 however many speak at once in a room, each message to a peer is one that it reads', () => {
  const here = Array.from({ length: 1000 }, (_, i) => ({ id: `p${i}`, station: '65/6529', name: '甲', roles: [], body: '震'.repeat(8000) }) as never as Present)
  const parts = [...inParts({ room: 'incident/1', here, gone: Array.from({ length: 2500 }, (_, i) => `g${i}`) })]
  expect(parts.flatMap((part) => part.here)).toEqual(here)
  expect(parts.flatMap((part) => part.gone)).toHaveLength(2500)
  for (const part of parts) expect(JSON.stringify(part).length * 3).toBeLessThan(1024 * 1024)
})
