import type { Map as MapLibre } from 'maplibre-gl'
import type { Place } from '../drawing.ts'
import { beside } from '../editing.ts'
import type { StrokeBody } from '../stroke.ts'
import { partsOf, type PlotDesk } from './desk.ts'

/** How many degrees a pixel is wide and high where the map is now. */
export function pixelOf(map: MapLibre): Place {
  const { x, y } = map.project(map.getCenter())
  const [a, b] = [map.unproject([x, y]), map.unproject([x + 1, y - 1])]
  return [Math.abs(b.lng - a.lng), Math.abs(b.lat - a.lat)]
}

export function selectedBodies(desk: PlotDesk): StrokeBody[] {
  return [...desk.state.get().selected].map((id) => partsOf(id)).flatMap(({ layer, key }) => desk.bodyAt(layer, key) ?? [])
}

export function copySelected(desk: PlotDesk): number {
  const copied = selectedBodies(desk)
  if (copied.length > 0) desk.patch({ copied, pastes: 0 })
  return copied.length
}

/** A little beside what was copied, each time further. */
export function paste(desk: PlotDesk, pixel: Place): void {
  const { copied, pastes } = desk.state.get()
  const ids = desk.add(copied.map((body) => beside(body, pixel, pastes + 1)))
  if (ids.length > 0) desk.patch({ pastes: pastes + 1, selected: new Set(ids), vertex: null, pen: null, drawing: null })
}

export function duplicateSelected(desk: PlotDesk, pixel: Place): void {
  const ids = desk.add(selectedBodies(desk).map((body) => beside(body, pixel)))
  if (ids.length > 0) desk.patch({ selected: new Set(ids), vertex: null })
}

/** Just where they are, on another layer. */
export function copyToLayer(desk: PlotDesk, layer: string): number {
  return desk.add(selectedBodies(desk), layer).length
}

export function removeSelected(desk: PlotDesk): void {
  const ids = [...desk.state.get().selected].filter((id) => desk.mayEdit(id))
  if (ids.length === 0) return
  desk.write(ids.map((id) => ({ ...partsOf(id), value: null })))
  desk.patch({ selected: new Set([...desk.state.get().selected].filter((id) => !ids.includes(id))), vertex: null })
}

/** One change to all that is selected and may be changed. */
export function changeSelected(desk: PlotDesk, change: Partial<StrokeBody>): void {
  desk.write([...desk.state.get().selected].flatMap((id) => {
    const { layer, key } = partsOf(id)
    const before = desk.mayEdit(id) ? desk.bodyAt(layer, key) : null
    return before ? [{ layer, key, value: { ...before, ...change } }] : []
  }))
}
