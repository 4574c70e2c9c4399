import { useCallback, useEffect } from 'react'
import { useMapParam } from './mapSearch.ts'
import { shared, useShared } from './shared.ts'

export const layerGroups = ['incidents', 'plot', 'imported', 'base'] as const
export type LayerGroup = (typeof layerGroups)[number]

/** What one sign on the map means: drawn in the layer tree and on the printed sheet. */
export interface LegendSign {
  label: string
  kind: 'point' | 'line' | 'area'
  color: string
  dashed?: boolean
  /** Instead of the plain sign: a `data:` URL or a path of this station. */
  picture?: string
}

/** A line of the layer tree. */
export interface LayerEntry {
  id: string
  group: LayerGroup
  title: string
  /** A heading within the group. */
  under?: string
  /** What its signs mean; of a single one only the sign is shown, beside the title. */
  legend?: readonly LegendSign[]
  /** Shown until somebody says otherwise; true when absent. */
  shownAtFirst?: boolean
  /** Whether its opacity can be set. */
  fades?: boolean
  /** Whether it can be moved among those of its group. */
  moves?: boolean
}

export interface LayerLook {
  shown: boolean
  opacity: number
}

const remembered = 'fengsui.map.layers'
interface Board {
  looks: Readonly<Record<string, Partial<LayerLook>>>
  /** Of layers that move: topmost first. */
  order: readonly string[]
}
const board = shared<Board>(recall())
const entries = shared<ReadonlyMap<symbol, readonly LayerEntry[]>>(new Map())

/** Puts lines into the layer tree while the part is there. Give the same array until it changes. */
export function useLayerEntries(mine: readonly LayerEntry[]): void {
  useEffect(() => {
    const key = Symbol('entries')
    entries.set(new Map([...entries.get(), [key, mine]]))
    return () => { entries.set(new Map([...entries.get()].filter(([other]) => other !== key))) }
  }, [mine])
}

/** All lines; those that move as they were last ordered. */
export function useAllLayerEntries(): LayerEntry[] {
  const { order } = useShared(board)
  const all = [...useShared(entries).values()].flat()
  const place = (id: string) => { const at = order.indexOf(id); return at < 0 ? order.length : at }
  return [...all.filter((e) => e.moves).sort((a, b) => place(a.id) - place(b.id)), ...all.filter((e) => !e.moves)]
}

/** How layers are to be shown; a part hides and fades its map layers by this. */
export function useLayerLooks(): (id: string, shownAtFirst?: boolean) => LayerLook {
  const { looks } = useShared(board)
  return useCallback((id, shownAtFirst = true) => lookOf(looks, id, shownAtFirst), [looks])
}

function lookOf(looks: Board['looks'], id: string, shownAtFirst: boolean): LayerLook {
  return { shown: looks[id]?.shown ?? shownAtFirst, opacity: looks[id]?.opacity ?? 1 }
}

export function setLayerLook(id: string, change: Partial<LayerLook>): void {
  const now = board.get()
  remember({ ...now, looks: { ...now.looks, [id]: { ...now.looks[id], ...change } } })
}

export function setLayerOrder(order: readonly string[]): void {
  remember({ ...board.get(), order })
}

function remember(next: Board): void {
  board.set(next)
  try {
    localStorage.setItem(remembered, JSON.stringify(next))
  } catch {
    // A full or forbidden store loses only a preference.
  }
}

function recall(): Board {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(remembered) ?? 'null')
    if (typeof kept === 'object' && kept !== null && 'looks' in kept && typeof kept.looks === 'object' && kept.looks !== null && 'order' in kept && Array.isArray(kept.order)) {
      return { looks: kept.looks as Board['looks'], order: kept.order.filter((id) => typeof id === 'string') }
    }
  } catch {
    // As when nothing was kept.
  }
  return { looks: {}, order: [] }
}

/** `layers=!base.water,imported.wells` in an address: what is hidden, and what is shown, against the first state. */
function boardText(): string | undefined {
  const first = new Map([...entries.get().values()].flat().map((entry) => [entry.id, entry.shownAtFirst ?? true]))
  const said = Object.entries(board.get().looks).filter(([id, { shown }]) => shown !== undefined && shown !== (first.get(id) ?? true))
  return said.map(([id, { shown }]) => (shown ? id : `!${id}`)).sort().join(',') || undefined
}

/** Keeps the address and the board the same; a link that names layers wins, and is not remembered until somebody changes something. */
export function useBoardInAddress(): void {
  const [param, setParam] = useMapParam('layers')
  const now = useShared(board)
  const known = useShared(entries)
  useEffect(() => {
    if (param === undefined || param === boardText()) return
    const looks = Object.fromEntries(Object.entries(board.get().looks).map(([id, { opacity }]) => [id, { opacity }] as [string, Partial<LayerLook>]))
    for (const word of param.split(',')) {
      const id = word.replace(/^!/, '')
      looks[id] = { ...looks[id], shown: word === id }
    }
    board.set({ ...board.get(), looks })
  }, [param])
  useEffect(() => {
    setParam(boardText())
    // oxlint-disable-next-line react/exhaustive-deps -- when the board or what is on it changes
  }, [now, known])
}
