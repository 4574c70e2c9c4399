import { once } from 'node:events'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import type * as Y from 'yjs'
import { plotRoom } from '#modules/plot/index.ts'
import { openScreen, when } from '#lab/live/screen.ts'
import { openChain } from './chain.ts'
import { against, quantile, type Compared } from './measure.ts'
import { benchStroke, plotOf } from './plotIncident.ts'
import type { FourStations } from './stations.ts'
import { yPeers } from './yPeers.ts'

/** What each way of carrying a stroke took, ms. */
type Sample = Record<'ours' | 'bare' | 'hocuspocus' | 'hand' | 'bareHand', number>

export interface StrokeFigures { stroke: At; hocuspocus: At; hand: At }
interface At { p50: Compared; p95: Compared }

/** One way from a writer at the scene to a reader at the region. `write` resolves when the reader has it. */
interface Way { stroke(n: number): Promise<void>; close(): Promise<void> }
type WayWithHands = Way & { hand(n: number): Promise<void> }

/** Between two words of a drawing hand: 20 a second, so that a new one is never held back for the last. */
const handEveryMs = 50
/** Strokes before the first that counts: offices' stations have run for days, and their code is compiled. */
const warmUp = 300

/**
 * From a value set by a client at the scene to the same value in the hands of a client at the region, over scene, county, prefecture and
 * region as four real processes. Ours is judged, signed and kept at each hop. Baselines, in turns with ours: four processes that relay
 * the same value with y-protocols, and four Hocuspocus servers joined by its own provider; neither keeps or judges anything.
 */
export async function stroke(stations: FourStations, { rounds, samples }: { rounds: number; samples: number }): Promise<StrokeFigures> {
  const ways: { close(): Promise<void> }[] = []
  const opened = <T extends Way>(way: T) => { ways.push(way); return way }
  try {
    const ours = opened(await ourWay(stations))
    const bare = opened(await bareWay())
    const hocuspocus = opened(await hocuspocusWay())
    const all: Sample[][] = []
    for (let n = 0; n < warmUp; n++) {
      for (const way of [ours, bare, hocuspocus]) await way.stroke(-n - 1)
    }
    for (let round = 0; round < rounds; round++) {
      const measured: Sample[] = []
      for (let i = 0; i < samples; i++) {
        const n = round * samples + i
        measured.push({
          ours: await timed(() => ours.stroke(n)), bare: await timed(() => bare.stroke(n)), hocuspocus: await timed(() => hocuspocus.stroke(n)),
          hand: await timed(() => ours.hand(n)), bareHand: await timed(() => bare.hand(n)),
        })
        await new Promise((done) => { setTimeout(done, handEveryMs) })
      }
      all.push(measured)
    }
    const compared = (a: keyof Sample, b: keyof Sample): At => {
      const at = (which: keyof Sample, q: number) => all.map((round) => quantile(round.map((s) => s[which]), q))
      return { p50: against(at(a, 0.5), at(b, 0.5)), p95: against(at(a, 0.95), at(b, 0.95)) }
    }
    return { stroke: compared('ours', 'bare'), hocuspocus: compared('ours', 'hocuspocus'), hand: compared('hand', 'bareHand') }
  } finally {
    for (const way of ways) await way.close()
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function ourWay(stations: FourStations): Promise<WayWithHands> {
  const plot = await plotOf(stations)
  const scene = await openScreen(stations.scene.url, plot.duty.scene)
  const region = await openScreen(stations.region.url, plot.duty.region)
  const [near, far] = [scene.live.openDoc(plot.doc.scene), region.live.openDoc(plot.doc.scene)]
  const [hand, seen] = [scene.live.openRoom(plotRoom(plot.id)), region.live.openRoom(plotRoom(plot.id))]
  await when('both screens', near, () => near.snapshot().state === 'live')
  await when('both screens', far, () => far.snapshot().state === 'live')
  return {
    stroke: async (n) => {
      const there = when(`stroke ${n}`, far, () => far.snapshot().values.has(`k${n}`))
      near.set(`k${n}`, benchStroke(n))
      await there
    },
    hand: async (n) => {
      const there = when(`hand ${n}`, seen, () => seen.others().some((other) => (other.body as { n?: number }).n === n))
      hand.tell(handBody(n))
      await there
    },
    close: async () => {
      // A hand is told again every few seconds until its room is left.
      for (const room of [hand, seen]) room.close()
      await Promise.all([scene.close(), region.close()])
    },
  }
}

function handBody(n: number): Record<string, unknown> {
  return { n, at: [78.6, 41.2], draft: { key: null, layer: 'x', stroke: benchStroke(n, 10) }, holds: [], view: null, hosting: false }
}

async function bareWay(): Promise<WayWithHands> {
  const chain = await openChain('yHop.ts', 4)
  const [near, far] = [yPeers(), yPeers()]
  for (const [peers, url] of [[near, chain.first], [far, chain.last]] as const) {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    peers.add(socket)
  }
  return {
    stroke: (n) => carried(near.doc, far.doc, n),
    hand: async (n) => {
      const there = new Promise<void>((done) => {
        const look = () => {
          if (![...far.hands.getStates().values()].some((state) => state.n === n)) return
          far.hands.off('update', look)
          done()
        }
        far.hands.on('update', look)
      })
      near.hands.setLocalState(handBody(n))
      await there
    },
    close: async () => {
      near.close()
      far.close()
      await chain.close()
    },
  }
}

async function hocuspocusWay(): Promise<Way> {
  const chain = await openChain('hocuspocusHop.ts', 4)
  const [near, far] = await Promise.all([chain.first, chain.last].map(async (url) => {
    const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket })
    const provider = new HocuspocusProvider({ name: 'plot', websocketProvider })
    const synced = new Promise((done) => { provider.on('synced', done) })
    provider.attach()
    await synced
    return { provider, websocketProvider }
  }))
  return {
    stroke: (n) => carried(near!.provider.document, far!.provider.document, n),
    close: async () => {
      for (const { provider, websocketProvider } of [near!, far!]) {
        provider.destroy()
        websocketProvider.destroy()
      }
      await chain.close()
    },
  }
}

/** The value a stroke of ours is, stamp and all, from one document into another. */
async function carried(near: Y.Doc, far: Y.Doc, n: number): Promise<void> {
  const values = far.getMap('v')
  const there = new Promise<void>((done) => {
    const look = () => {
      if (!values.has(`k${n}`)) return
      values.unobserve(look)
      done()
    }
    values.observe(look)
  })
  near.getMap('v').set(`k${n}`, { ...benchStroke(n), at: Date.now(), by: 'duty', byName: '值班员', station: '65/6529/652927/s1' })
  await there
}
