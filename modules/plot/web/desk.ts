import { newId, type Sentence } from '#core/kernel/index.ts'
import type { LiveDoc, Room } from '#core/live/liveDoc.ts'
import { shared, type Shared } from '#core/ui/web/map/shared.ts'
import { draftOf, settled, type Drawing, type Pen } from '../drawing.ts'
import { layerDoc, plotRoom } from '../layerIds.ts'
import { bodyOf, strokeOf, strokesOf } from '../plot.features.ts'
import type { Hand, Stroke, StrokeBody } from '../stroke.ts'
import { noActs, redo, remember, undo, type Edit, type UndoStack } from '../undo.ts'
import { holderOf, personOf, restingHand, toldHand, type Person } from './hands.ts'

/** Where documents and rooms come from: the live client, or a test's own. */
export interface LiveEnds {
  openDoc(name: string): LiveDoc<Stroke>
  openRoom(name: string): Room<Hand>
}

export interface Write { layer: string; key: string; value: StrokeBody | null }
/** A stroke while it is dragged. */
export interface Moving { id: string; layer: string; key: string; before: StrokeBody; stroke: StrokeBody }

export interface DeskState {
  /** Null: one selects and moves. */
  pen: Pen | null
  drawing: Drawing | null
  moving: readonly Moving[]
  selected: ReadonlySet<string>
  /** The control point of the one selected stroke that Delete would take. */
  vertex: number | null
  /** The layer one draws on. */
  active: string | null
  acts: UndoStack
  copied: readonly StrokeBody[]
  pastes: number
  hosting: boolean
  /** Going with whoever leads. */
  following: boolean
  showsExpired: boolean
  /** What stands on the map instead of what is there now. */
  played: ReadonlyMap<string, Stroke> | null
}

const first: DeskState = {
  pen: null, drawing: null, moving: [], selected: new Set(), vertex: null, active: null, acts: noActs, copied: [], pastes: 0,
  hosting: false, following: true, showsExpired: true, played: null,
}

export const strokeId = (layer: string, key: string): string => `${layer} ${key}`
export function partsOf(id: string): { layer: string; key: string } {
  const cut = id.lastIndexOf(' ')
  return { layer: id.slice(0, cut), key: id.slice(cut + 1) }
}

/** How a layer's document stands. */
export interface LayerStatus {
  state: 'opening' | 'live' | 'offline' | 'closed'
  mayWrite: boolean
  unsent: number
  count: number
  refused: Sentence | null
  rejected: readonly { key: string; value: Stroke; why: Sentence }[]
}

/** One open plot at one screen: its documents and room, what one has in hand, and what one did. */
export class PlotDesk {
  readonly plotId: string
  readonly state: Shared<DeskState> = shared(first)
  /** Everything that stands on all layers, by `layer key`. */
  readonly strokes: Shared<ReadonlyMap<string, Stroke>> = shared<ReadonlyMap<string, Stroke>>(new Map())
  readonly people: Shared<readonly Person[]> = shared<readonly Person[]>([])
  readonly status: Shared<ReadonlyMap<string, LayerStatus>> = shared<ReadonlyMap<string, LayerStatus>>(new Map())
  readonly docs: Shared<ReadonlyMap<string, LiveDoc<Stroke>>> = shared<ReadonlyMap<string, LiveDoc<Stroke>>>(new Map())
  /** How each layer is shown, from the layer tree. */
  readonly looks: Shared<(layer: string) => { shown: boolean; opacity: number }> = shared<(layer: string) => { shown: boolean; opacity: number }>(() => ({ shown: true, opacity: 1 }))
  readonly #ends: LiveEnds
  readonly #soon: (work: () => void) => void
  readonly #room: Room<Hand>
  readonly #off = new Map<string, () => void>()
  #hand: Hand = restingHand
  #due = false
  #mayDraw = false

  constructor(plotId: string, ends: LiveEnds, soon: (work: () => void) => void) {
    this.plotId = plotId
    this.#ends = ends
    this.#soon = soon
    this.#room = ends.openRoom(plotRoom(plotId))
    this.#off.set('room', this.#room.subscribe(() => { this.people.set(this.#room.others().map((one) => personOf(one as never))) }))
    this.#tell({})
  }

  /** Whether the person's role draws at all. */
  get mayDraw(): boolean { return this.#mayDraw }
  allow(mayDraw: boolean): void { this.#mayDraw = mayDraw }

  close(): void {
    for (const off of this.#off.values()) off()
    for (const doc of this.docs.get().values()) doc.close()
    this.#room.close()
  }

  patch(change: Partial<DeskState>): void {
    this.state.set({ ...this.state.get(), ...change })
    if ('drawing' in change || 'moving' in change || 'selected' in change || 'hosting' in change || 'active' in change) this.#tellWork()
  }

  /** Opens the documents of new layers, closes those of layers that are no more. */
  setLayers(ids: readonly string[]): void {
    const before = this.docs.get()
    if (ids.length === before.size && ids.every((id) => before.has(id))) return
    const next = new Map<string, LiveDoc<Stroke>>()
    for (const id of ids) {
      const doc = before.get(id) ?? this.#ends.openDoc(layerDoc(id))
      if (!before.has(id)) this.#off.set(id, doc.subscribe(() => { this.#gatherSoon() }))
      next.set(id, doc)
    }
    for (const [id, doc] of before) {
      if (next.has(id)) continue
      this.#off.get(id)?.()
      this.#off.delete(id)
      doc.close()
    }
    this.docs.set(next)
    this.#gatherSoon()
  }

  bodyAt(layer: string, key: string): StrokeBody | null {
    const stroke = this.strokes.get().get(strokeId(layer, key))
    return stroke ? bodyOf(stroke) : null
  }

  /** Whether a stroke can be changed here now: its layer is ours to write, and nobody else holds it. */
  mayEdit(id: string): boolean {
    return this.mayWrite(partsOf(id).layer) && !holderOf(this.people.get(), id)
  }

  mayWrite(layer: string | null): boolean {
    return this.mayDraw && layer !== null && this.docs.get().get(layer)?.snapshot().mayWrite === true
  }

  /** One act: written, and remembered so that it can be taken back. */
  write(writes: readonly Write[]): void {
    const edits: Edit[] = writes.map(({ layer, key, value }) => ({ layer, key, before: this.bodyAt(layer, key), after: value }))
    this.#set(writes)
    this.patch({ acts: remember(this.state.get().acts, edits) })
  }

  /** Draws a new stroke on the active layer; answers its id, or null where one may not. */
  add(bodies: readonly StrokeBody[], layer = this.state.get().active): string[] {
    if (layer === null || !this.mayWrite(layer)) return []
    const writes = bodies.map((value) => ({ layer, key: newId(Date.now()), value }))
    this.write(writes)
    return writes.map(({ key }) => strokeId(layer, key))
  }

  /** Takes back or does again; answers how many strokes were left alone because somebody else has changed them. */
  turn(which: 'undo' | 'redo'): number | null {
    const turned = (which === 'undo' ? undo : redo)(this.state.get().acts, (layer, key) => this.bodyAt(layer, key))
    if (!turned) return null
    this.#set(turned.writes.filter(({ layer }) => this.mayWrite(layer)))
    this.patch({ acts: turned.stack })
    return turned.skipped.length
  }

  /** Draws on the active layer what another would not take. */
  takeRejected(layer: string): void {
    const rejected = this.status.get().get(layer)?.rejected ?? []
    this.add(rejected.flatMap(({ value }) => strokeOf(value) ?? []).filter((stroke) => stroke.gone !== true).map(bodyOf))
  }

  point(at: readonly [number, number] | null): void {
    this.#tell({ at: at && settled(at) })
  }

  show(view: Hand['view']): void {
    if (this.state.get().hosting) this.#tell({ view })
  }

  #set(writes: readonly Write[]): void {
    for (const { layer, key, value } of writes) this.docs.get().get(layer)?.set(key, value)
    this.#gather()
  }

  #tellWork(): void {
    const { drawing, moving, selected, active, hosting } = this.state.get()
    const drawn = drawing && active !== null ? draftOf(drawing) : null
    const moved = moving[0]
    this.#tell({
      draft: moved ? { key: moved.key, layer: moved.layer, stroke: moved.stroke } : drawn && active !== null ? { key: null, layer: active, stroke: drawn } : null,
      holds: [...selected].filter((id) => this.mayWrite(partsOf(id).layer)),
      hosting,
      ...(hosting ? {} : { view: null }),
    })
  }

  #tell(change: Partial<Hand>): void {
    this.#hand = { ...this.#hand, ...change }
    this.#room.tell(toldHand(this.#hand))
  }

  #gatherSoon(): void {
    if (this.#due) return
    this.#due = true
    this.#soon(() => { if (this.#due) this.#gather() })
  }

  #gather(): void {
    this.#due = false
    const found = new Map<string, Stroke>()
    const status = new Map<string, LayerStatus>()
    for (const [layer, doc] of this.docs.get()) {
      const { values, state, mayWrite, unsent, refused, rejected } = doc.snapshot()
      status.set(layer, { state, mayWrite, unsent, count: values.size, refused, rejected })
      for (const [key, stroke] of strokesOf(values)) found.set(strokeId(layer, key), stroke)
    }
    this.strokes.set(found)
    this.status.set(status)
    const { selected } = this.state.get()
    const left = [...selected].filter((id) => found.has(id))
    if (left.length !== selected.size) this.patch({ selected: new Set(left), vertex: null })
  }
}
