import * as Y from 'yjs'
import { describe, expect, it } from 'vitest'
import { LiveClient } from './client.ts'
import type { Unsent, UnsentStore } from './clientHub.ts'
import { LiveDocument } from './document.ts'
import { decodeMessage, encodeMessage, type Message, type MessageOf } from './messages.ts'

const doc = 'layer/p~65.6529'
const self = { station: '65/6529', id: 'p1', name: '张三' }

/** A station in a few lines: takes updates, acknowledges when told to. */
function pretendStation() {
  const document = new LiveDocument()
  const heard: Message[] = []
  const waiting: MessageOf<'update'>[] = []
  const kept: Unsent[] = []
  let isOpen = false
  const faults: unknown[] = []
  const unsent: UnsentStore = {
    takeOver: async () => [...kept],
    add: async (_doc, edit) => { kept.push(edit) },
    remove: async (_doc, id) => { kept.splice(kept.findIndex((k) => k.id === id), 1) },
  }
  const make = () => new LiveClient({
    send: (bytes) => {
      if (!isOpen) return false
      const decoded = decodeMessage(bytes)
      if ('message' in decoded && decoded.message) take(decoded.message)
      return true
    },
    self: () => self, now: () => 1_000, unsent, later: () => () => undefined, onFault: (fault) => faults.push(fault),
  })
  let client = make()
  const say = (message: Message) => client.receive(encodeMessage(message))
  function take(message: Message): void {
    heard.push(message)
    if (message.k === 'open') say({ k: 'opened', doc, update: Y.encodeStateAsUpdate(document.ydoc, message.state.length > 0 ? message.state : undefined), mayWrite: true, now: 5_000 })
    if (message.k === 'update') waiting.push(message)
  }
  return {
    document, heard, waiting, kept, faults, say,
    get client() { return client },
    up: () => { isOpen = true; client.up() },
    down: () => { isOpen = false; client.down() },
    /** Another page of the same browser. */
    reload: () => { isOpen = false; client = make() },
    acknowledge: () => {
      for (const { n, update } of waiting.splice(0)) {
        document.apply(update)
        say({ k: 'ack', doc, n })
      }
    },
    refuse: (code: string) => { for (const { n } of waiting.splice(0)) say({ k: 'refused', doc, n, code, zh: '不行', en: 'no' }) },
  }
}
const settled = async () => { for (let i = 0; i < 10; i++) await Promise.resolve() }
const labels = (view: { values: ReadonlyMap<string, object> }) => [...view.values.values()].map((v) => (v as { label: string }).label).sort()

describe('V-13 a screen’s edits', () => {
  it('are seen at once, are unsent until the station has them on its disk, and carry the station’s time', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.up()
    await settled()
    layer.set('a', { label: '一' })
    expect(layer.snapshot()).toMatchObject({ state: 'live', mayWrite: true, unsent: 1 })
    expect(layer.snapshot().values.get('a')).toMatchObject({ label: '一', at: 5_000, by: 'p1', station: '65/6529' })
    station.acknowledge()
    await settled()
    expect(layer.snapshot().unsent).toBe(0)
    expect(station.kept).toEqual([])
  })

  it('made while the socket is down go when it is back; what others did meanwhile is there too', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.up()
    await settled()
    station.down()
    expect(layer.snapshot().state).toBe('offline')
    layer.set('a', { label: '断网' })
    station.document.write(7, [{ key: 'b', value: { at: 1, by: 'x', byName: 'x', station: '65', label: '别人' } }])
    station.up()
    station.acknowledge()
    expect(labels(layer.snapshot())).toEqual(['别人', '断网'])
    expect(labels({ values: station.document.values() })).toEqual(['别人', '断网'])
  })

  it('survive a reload: the next page shows and sends what the last one could not, once', async () => {
    const station = pretendStation()
    const before = station.client.openDoc(doc)
    station.up()
    await settled()
    before.set('a', { label: '一' })
    before.set('a', { label: '二' })
    // The station has taken both; its answer is lost with the page.
    for (const { update } of station.waiting.splice(0)) station.document.apply(update)
    station.reload()
    const after = station.client.openDoc(doc)
    station.up()
    await settled()
    expect(after.snapshot()).toMatchObject({ unsent: 2 })
    station.acknowledge()
    await settled()
    expect(after.snapshot().unsent).toBe(0)
    expect(station.document.history().map((h) => h.value.label)).toEqual(['一', '二'])
  })

  it('that the station will not take are shown with the reason and kept for the person; the others stay', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.up()
    await settled()
    layer.set('a', { label: '好' })
    station.acknowledge()
    layer.set('b', { label: '不行的' })
    station.refuse('live.bad-value')
    await settled()
    expect(layer.snapshot()).toMatchObject({ refused: { zh: '不行' }, unsent: 0, rejected: [{ key: 'b', value: { label: '不行的' } }] })
    expect(labels(layer.snapshot())).toEqual(['好'])
    layer.set('c', { label: '再来' })
    station.acknowledge()
    expect(labels({ values: station.document.values() })).toEqual(['再来', '好'])
  })

  it('refused for their bytes are written anew; a fault of the station loses nothing', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.up()
    await settled()
    layer.set('a', { label: '一' })
    station.refuse('live.foreign-client')
    layer.set('b', { label: '二' })
    station.refuse('live.fault')
    expect(layer.snapshot().unsent).toBe(2)
    station.down()
    station.up()
    station.acknowledge()
    await settled()
    expect(layer.snapshot()).toMatchObject({ unsent: 0, rejected: [] })
    expect(labels({ values: station.document.values() })).toEqual(['一', '二'])
  })

  it('written anew, an edit that is there already is not put over what came after it', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.up()
    await settled()
    layer.set('a', { label: '我' })
    // Taken, but the answer is lost; somebody else goes on from it; then the half-open socket makes the station refuse.
    for (const { update } of station.waiting) station.document.apply(update)
    station.document.write(7, [{ key: 'a', value: { at: 9_000, by: 'x', byName: 'x', station: '65', label: '别人' } }])
    station.refuse('live.foreign-client')
    await settled()
    expect(layer.snapshot()).toMatchObject({ unsent: 0, rejected: [] })
    expect(labels({ values: station.document.values() })).toEqual(['别人'])
    expect(station.document.history().map((h) => h.value.label)).toEqual(['我', '别人'])
  })

  it('a reset begins again from what the station has', async () => {
    const station = pretendStation()
    const layer = station.client.openDoc(doc)
    station.document.write(7, [{ key: 'old', value: { at: 1, by: 'x', byName: 'x', station: '65', label: '不再算数' } }])
    station.up()
    await settled()
    expect(labels(layer.snapshot())).toEqual(['不再算数'])
    const anew = new LiveDocument()
    Object.defineProperty(station.document, 'ydoc', { value: anew.ydoc })
    station.say({ k: 'reset', doc })
    await settled()
    expect(labels(layer.snapshot())).toEqual([])
    expect(station.faults).toEqual([])
  })

  it('opened twice and closed once it stays open', async () => {
    const station = pretendStation()
    const [one, other] = [station.client.openDoc(doc), station.client.openDoc(doc)]
    station.up()
    await settled()
    expect(one).toBe(other)
    one.close()
    expect(station.heard.filter((m) => m.k === 'close')).toEqual([])
    other.close()
    expect(station.heard.filter((m) => m.k === 'close')).toHaveLength(1)
  })
})
