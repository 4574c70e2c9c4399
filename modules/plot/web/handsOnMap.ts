import maplibregl, { type GeoJSONSource, type LayerSpecification, type Map as MapLibre, type Marker } from 'maplibre-gl'
import { levelOf } from '#core/kernel/index.ts'
import { mapSlot, removeLayers } from '#core/ui/web/map/mapContext.ts'
import { draftOf } from '../drawing.ts'
import { handlesOf, strokeGeometry } from '../shapes.ts'
import { drawnFeatures } from '../strokeFeatures.ts'
import type { StrokeBody } from '../stroke.ts'
import type { PlotDesk } from './desk.ts'
import { colorOf, type Person } from './hands.ts'
import { strokeLayers } from './strokeLayers.ts'

const drafts = 'plot-drafts'
const picked = 'plot-picked'
const draftLayers = strokeLayers('plot-draft', drafts)
const role = (...roles: string[]) => ['in', ['get', 'role'], ['literal', roles]] as never
const pickedLayers: LayerSpecification[] = [
  { id: 'plot-picked-outline', type: 'line', source: picked, filter: role('picked', 'held', 'box'), paint: { 'line-color': ['get', 'color'], 'line-width': 2, 'line-gap-width': 6, 'line-opacity': 0.95 } },
  { id: 'plot-picked-point', type: 'circle', source: picked, filter: ['all', ['==', ['geometry-type'], 'Point'], role('picked', 'held')], paint: { 'circle-radius': ['get', 'radius'], 'circle-opacity': 0, 'circle-stroke-color': ['get', 'color'], 'circle-stroke-width': 2.5 } },
  { id: 'plot-picked-insert', type: 'circle', source: picked, filter: role('insert'), paint: { 'circle-radius': 4.5, 'circle-color': '#ffffff', 'circle-opacity': 0.75, 'circle-stroke-color': '#00838f', 'circle-stroke-width': 1.5 } },
  { id: 'plot-picked-handle', type: 'circle', source: picked, filter: role('handle', 'vertex'), paint: { 'circle-radius': 6.5, 'circle-color': ['match', ['get', 'role'], 'vertex', '#00838f', '#ffffff'], 'circle-stroke-color': '#00838f', 'circle-stroke-width': 2.5 } },
  { id: 'plot-picked-name', type: 'symbol', source: picked, filter: ['!=', ['get', 'name'], ''], layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-anchor': 'bottom', 'text-offset': [0, -1], 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#ffffff', 'text-halo-color': ['get', 'color'], 'text-halo-width': 3 } },
]

export interface HandWords {
  /** `乌什县现场指挥部 · 值班员（现场）` */
  person: (person: Person) => string
  /** `由…占用` */
  held: (person: Person) => string
}

/** Everything that is not a stroke yet, or only mine to see: drafts, what is selected and held, handles, and the others' pointers. */
export function handsOnMap(map: MapLibre, desk: PlotDesk, words: HandWords): () => void {
  const empty = { type: 'FeatureCollection' as const, features: [] }
  map.addSource(drafts, { type: 'geojson', data: empty, promoteId: 'fid' })
  map.addSource(picked, { type: 'geojson', data: empty })
  for (const spec of [...draftLayers, ...pickedLayers]) map.addLayer(spec, mapSlot.tools)
  const pointers = new Map<string, Marker>()
  let frame = 0
  const draw = () => {
    frame = 0
    map.getSource<GeoJSONSource>(drafts)?.setData({ type: 'FeatureCollection', features: draftFeatures(desk) as never })
    map.getSource<GeoJSONSource>(picked)?.setData({ type: 'FeatureCollection', features: pickedFeatures(desk, words) as never })
    movePointers(map, pointers, desk.people.get(), words)
  }
  const soon = () => { if (frame === 0) frame = requestAnimationFrame(draw) }
  const off = [desk.people.subscribe(soon), desk.state.subscribe(soon), desk.strokes.subscribe(soon)]
  draw()
  return () => {
    cancelAnimationFrame(frame)
    for (const stop of off) stop()
    for (const pointer of pointers.values()) pointer.remove()
    removeLayers(map, [...draftLayers, ...pickedLayers].map(({ id }) => id), [drafts, picked])
  }
}

function draftFeatures(desk: PlotDesk) {
  const { drawing, moving } = desk.state.get()
  const own = drawing ? draftOf(drawing) : null
  return [
    ...desk.people.get().flatMap(({ id, hand }) => (hand.draft ? drawnFeatures(hand.draft.stroke, { id: `draft ${id}`, alpha: 0.55 }) : [])),
    ...moving.flatMap(({ id, stroke }) => drawnFeatures(stroke, { id: `moving ${id}`, alpha: 0.85 })),
    ...(own ? drawnFeatures(own, { id: 'own draft', alpha: 0.85 }) : []),
  ]
}

function pickedFeatures(desk: PlotDesk, words: HandWords) {
  const { selected, moving, vertex, drawing, played } = desk.state.get()
  if (played) return []
  const strokes = desk.strokes.get()
  const outline = (stroke: StrokeBody, as: string, color: string, name = '') => ({ type: 'Feature', geometry: strokeGeometry(stroke), properties: { role: as, color, name, radius: Math.max(12, stroke.size * 0.62) } })
  const dot = (at: readonly [number, number], as: string) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { role: as, color: '#00838f', name: '', radius: 6 } })
  const found: object[] = []
  for (const person of desk.people.get()) for (const id of person.hand.holds) {
    const stroke = strokes.get(id)
    if (stroke) found.push(outline(stroke, 'held', colorOf(person.station), words.held(person)))
  }
  for (const id of selected) {
    const stroke = moving.find((one) => one.id === id)?.stroke ?? strokes.get(id)
    if (!stroke) continue
    found.push(outline(stroke, 'picked', '#00838f'))
    if (selected.size === 1 && desk.mayEdit(id)) for (const { kind, index, at } of handlesOf(stroke)) found.push(dot(at, kind === 'insert' ? 'insert' : index === vertex ? 'vertex' : 'handle'))
  }
  for (const at of drawing?.points.slice(0, drawing.pen.shape === 'freehand' ? 0 : 200) ?? []) found.push(dot(at, 'handle'))
  return found
}

function movePointers(map: MapLibre, pointers: Map<string, Marker>, people: readonly Person[], words: HandWords): void {
  const there = new Set<string>()
  for (const person of people) {
    const { id, hand: { at } } = person
    if (!at) continue
    there.add(id)
    const pointer = pointers.get(id) ?? new maplibregl.Marker({ element: pointerElement(person, words), anchor: 'top-left' }).setLngLat(at)
    if (!pointers.has(id)) pointers.set(id, pointer.addTo(map))
    pointer.setLngLat(at)
  }
  for (const [id, pointer] of pointers) if (!there.has(id)) {
    pointer.remove()
    pointers.delete(id)
  }
}

function pointerElement(person: Person, words: HandWords): HTMLElement {
  const element = document.createElement('div')
  element.className = 'plot-pointer'
  element.dataset.level = levelOf(person.station)
  element.style.setProperty('--hand', colorOf(person.station))
  element.innerHTML = '<svg width="18" height="20" viewBox="0 0 18 20" aria-hidden="true"><path d="M1 1L1 16L5.5 12L8.5 19L11.5 17.7L8.5 11L14.5 10.5Z" fill="var(--hand)" stroke="#fff" stroke-width="1.4"/></svg>'
  const name = document.createElement('span')
  name.textContent = words.person(person)
  element.setAttribute('role', 'img')
  element.setAttribute('aria-label', words.person(person))
  element.append(name)
  return element
}
