import type { LiveKind, RoomKind } from '#core/live/server/live.ts'
import type { Station } from '#core/station/server/module.ts'
import { plotDrawers, plotReaders } from '../plot.access.ts'
import { plotType } from '../plot.rules.ts'
import { strokeSchema, type Stroke } from '../stroke.ts'
import { LayerCards } from './layerCards.ts'
import { givePlots } from './plot.reactions.ts'
import { readPlots } from './plot.tables.ts'

/** Layers as live documents, plots as rooms. */
export async function plotLive(station: Station): Promise<{ docs: LiveKind[]; rooms: RoomKind[] }> {
  const { ledger, database } = station
  await givePlots(station)
  const cards = new LayerCards(ledger.directory)
  for (const state of await readPlots(database.read, (subject) => ledger.state(plotType, subject))) cards.put(state)

  const tell = (docs: string[]) => { if (docs.length > 0) station.live.cardsChanged(docs) }
  async function follow(subjects: string[]): Promise<void> {
    for (const subject of subjects) tell(cards.put(await ledger.state(plotType, subject)))
  }
  ledger.onNews((news) => {
    const { plots, stations } = LayerCards.subjectsOf(news)
    tell(stations.flatMap((address) => cards.forgetOwner(address)))
    // After a commit the ledger has these states in memory: the cards follow at once. A station that is closing has nothing to follow.
    follow(plots).catch(() => undefined)
  })

  const layer: LiveKind<Stroke> = {
    kind: 'layer', value: strokeSchema, card: (id) => cards.card(id), readers: plotReaders, writers: plotDrawers,
  }
  const room: RoomKind = { kind: 'plot', reach: (id) => cards.reach(id), readers: plotReaders }
  return { docs: [layer as unknown as LiveKind], rooms: [room] }
}
