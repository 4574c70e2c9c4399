import * as Y from 'yjs'
import { describe, expect, it } from 'vitest'
import { newClientId } from './clientId.ts'
import { LiveDocument } from './document.ts'
import { chainOf, type Entry } from './entry.ts'
import type { EntryStore } from './entryStore.ts'
import { inspectUpdate } from './inspectUpdate.ts'
import { LivePlane } from './plane.ts'

const self = '65/6529'
const doc = 'layer/p~65.6529'
const person = { id: 'p1', name: '张三' }

/** A store whose next commit may be told to fail, and takes as long as it is held. */
function brittleStore() {
  const entries: Entry[] = []
  let hold: Promise<void> = Promise.resolve()
  let failures = 0
  const store: EntryStore = {
    docs: async () => [doc],
    vector: async () => new Map(entries.map((e) => [chainOf(e), e.seq])),
    after: async () => [],
    all: async () => [...entries],
    append: async (more) => {
      await hold
      if (failures > 0) {
        failures--
        throw new Error('the disk is full')
      }
      entries.push(...more)
    },
    within: async () => [],
  }
  return { entries, store, failOnce: () => { failures = 1 }, holdUntil: (promise: Promise<void>) => { hold = promise } }
}

function planeOver(store: EntryStore): LivePlane {
  return new LivePlane({
    self, run: 'r', now: () => 1_000, crypto: { hash: () => 'h', verify: () => true }, sign: () => 's', station: () => undefined,
    card: () => ({ owner: self, writers: { [self]: null }, reach: [], sealed: false }), judgeValue: () => null, store,
    onEntry: () => undefined, onUpdates: () => undefined, onKeys: () => undefined, onRights: () => undefined, onReset: () => undefined, onDurable: () => undefined, onFault: () => undefined,
  })
}

describe('V-3 what is not on the disk is not acknowledged', () => {
  it('a commit that fails takes what was made on top of it along; afterwards numbers have no holes', async () => {
    const { entries, store, failOnce, holdUntil } = brittleStore()
    const plane = planeOver(store)
    let release = () => undefined as void
    holdUntil(new Promise((done) => { release = done }))
    failOnce()
    const first = plane.edit(doc, person, [{ key: 'k1', value: { label: '一' } }])
    await plane.open(doc)
    await Promise.resolve()
    const second = plane.edit(doc, person, [{ key: 'k2', value: { label: '二' } }])
    await plane.open(doc)
    release()
    expect((await Promise.allSettled([first, second])).map((r) => r.status)).toEqual(['rejected', 'rejected'])
    await plane.edit(doc, person, [{ key: 'k3', value: { label: '三' } }])
    const byRun = Map.groupBy(entries, (e) => e.run)
    for (const chain of byRun.values()) expect(chain.map((e) => e.seq)).toEqual(chain.map((_, i) => i + 1))
    expect([...(await plane.open(doc))!.document.values().keys()]).toEqual(['k3'])
  })

  it('V-5 a station states nothing that others would refuse', async () => {
    const { entries, store } = brittleStore()
    for (const label of ['a\0b', 'x\ud800y']) {
      await expect(planeOver(store).edit(doc, person, [{ key: 'k', value: { label } }])).rejects.toMatchObject({ code: 'live.bad-value' })
    }
    expect(entries).toEqual([])
  })
})

it('V-5 an update of few bytes that stands for millions of numbers is refused for its kind, before anything that costs by length', () => {
  const gc = new Y.GC(Y.createID(newClientId(self), 0), 500_000_000)
  const held = new Y.Doc({ gc: false })
  held.store.clients.set(gc.id.client, [gc] as never)
  expect(inspectUpdate(new LiveDocument(), Y.encodeStateAsUpdate(held), () => true, false)).toMatchObject({ fault: 'bad-structure' })
})
