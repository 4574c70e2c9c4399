import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import { isGripped } from '#core/ui/web/map/mapSelection.ts'
import { beginDrawing, draw, strokeFrom, type DrawInput, type Place } from '../drawing.ts'
import { boxOf, dragged, isInBox, selectedBy, withoutPoint, type Grip } from '../editing.ts'
import { handlesOf } from '../shapes.ts'
import { bodyOf } from '../plot.features.ts'
import { partsOf, type Moving, type PlotDesk } from './desk.ts'
import { strokeLayerIds } from './strokesOnMap.ts'

type PointerEvent = MapMouseEvent | MapTouchEvent
export interface PointerOptions {
  /** Somebody holds what one wants to take. */
  onHeld: (id: string) => void
  /** A stroke was set down; text and notes then want their words. */
  onDrawn: (ids: readonly string[]) => void
  onSelect: (id: string | null) => void
}

interface Drag { grip: Grip; moving: readonly Moving[] }

/** The pointer's part: draws with the pen, or selects and moves without one. Its listeners work until what it returns is called. */
export function listenToPointer(map: MapLibre, desk: PlotDesk, { onHeld, onDrawn, onSelect }: PointerOptions): () => void {
  let drag: Drag | null = null
  let box: { from: Place; pixel: { x: number; y: number }; element: HTMLElement } | null = null
  /** The click that follows the end of a drag means nothing. */
  let wasDragged = false
  let last: Place = [0, 0]
  const at = (event: PointerEvent): Place => [event.lngLat.lng, event.lngLat.lat]
  const pixel = (event: PointerEvent) => [event.point.x, event.point.y] as const
  const idle = () => desk.state.get().played !== null || (desk.state.get().pen === null && isGripped())
  const strokeAt = (event: PointerEvent): string | null => {
    const { x, y } = event.point
    const reach = 'points' in event ? 14 : 6
    const layers = strokeLayerIds.filter((id) => map.getLayer(id))
    const [hit] = map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers })
    return hit ? String(hit.properties.stroke) : null
  }
  const handleAt = (event: PointerEvent): { id: string; grip: Grip } | null => {
    const { selected } = desk.state.get()
    const [id] = selected
    const stroke = id === undefined || selected.size !== 1 ? undefined : desk.strokes.get().get(id)
    if (!stroke || id === undefined || !desk.mayEdit(id) || stroke.shape === 'symbol' || stroke.shape === 'text') return null
    const reach = 'points' in event ? 22 : 10
    const near = handlesOf(stroke).map((handle) => ({ handle, far: distance(map, handle.at, event) })).filter(({ far }) => far <= reach).toSorted((a, b) => a.far - b.far)[0]
    return near ? { id, grip: { kind: near.handle.kind, index: near.handle.index } } : null
  }
  const take = (ids: readonly string[], grip: Grip) => {
    const moving = ids.flatMap((id): Moving[] => {
      const stroke = desk.strokes.get().get(id)
      return stroke && desk.mayEdit(id) ? [{ id, ...partsOf(id), before: bodyOf(stroke), stroke: bodyOf(stroke) }] : []
    })
    if (moving.length > 0) drag = { grip, moving }
  }
  const drawn = (input: DrawInput): void => {
    const { drawing, pen } = desk.state.get()
    if (!drawing || !pen) return
    const step = draw(drawing, input)
    if (step.finished) {
      const ids = desk.add([strokeFrom(pen, step.finished)])
      desk.patch({ drawing: step.drawing })
      onDrawn(ids)
    } else desk.patch({ drawing: step.drawing })
  }

  const down = (event: PointerEvent) => {
    last = at(event)
    wasDragged = false
    if (idle() || ('points' in event && event.points.length > 1)) return
    const { pen, drawing, selected } = desk.state.get()
    if (pen && drawing) {
      if (draw(drawing, { kind: 'down', at: at(event), pixel: pixel(event) }).drawing.pressed) event.preventDefault()
      return drawn({ kind: 'down', at: at(event), pixel: pixel(event) })
    }
    const handle = handleAt(event)
    if (handle) {
      event.preventDefault()
      if (handle.grip.kind === 'point') desk.patch({ vertex: handle.grip.index })
      return take([handle.id], handle.grip)
    }
    const hit = strokeAt(event)
    if (hit && selected.has(hit)) {
      event.preventDefault()
      return take([...selected], { kind: 'body', from: at(event) })
    }
    if (event.originalEvent.shiftKey && !hit) {
      event.preventDefault()
      const element = document.createElement('div')
      element.className = 'plot-box'
      map.getCanvasContainer().append(element)
      box = { from: at(event), pixel: event.point, element }
    }
  }
  const move = (event: PointerEvent) => {
    last = at(event)
    desk.point(last)
    if (drag) {
      wasDragged = true
      const { grip, moving } = drag
      desk.patch({ moving: moving.map((one) => ({ ...one, stroke: dragged(one.before, grip, at(event)) })) })
      return
    }
    if (box) {
      const { x, y } = event.point
      Object.assign(box.element.style, { left: `${Math.min(x, box.pixel.x)}px`, top: `${Math.min(y, box.pixel.y)}px`, width: `${Math.abs(x - box.pixel.x)}px`, height: `${Math.abs(y - box.pixel.y)}px` })
      return
    }
    if (idle()) return
    if (desk.state.get().pen) drawn({ kind: 'move', at: at(event), pixel: pixel(event) })
    else if (!map.isMoving()) map.getCanvas().style.cursor = handleAt(event) ? 'grab' : strokeAt(event) ? 'pointer' : ''
  }
  const up = () => {
    if (drag) {
      const { moving } = desk.state.get()
      drag = null
      if (moving.length > 0) desk.write(moving.map(({ layer, key, stroke }) => ({ layer, key, value: stroke })))
      desk.patch({ moving: [] })
    } else if (box) {
      const { from, element } = box
      element.remove()
      box = null
      wasDragged = true
      const around = boxOf(from, last)
      const lookOf = desk.looks.get()
      const inside = [...desk.strokes.get()].flatMap(([id, stroke]) => (lookOf(partsOf(id).layer).shown && isInBox(stroke, around) ? [id] : []))
      desk.patch({ selected: new Set([...desk.state.get().selected, ...inside]), vertex: null })
    } else if (!idle()) drawn({ kind: 'up', at: last, pixel: [0, 0] })
  }
  const click = (event: MapMouseEvent) => {
    if (idle()) return
    if (desk.state.get().pen) {
      event.preventDefault()
      return drawn({ kind: 'click', at: at(event), pixel: pixel(event) })
    }
    if (wasDragged || handleAt(event)) return event.preventDefault()
    const hit = strokeAt(event)
    if (hit) event.preventDefault()
    if (hit && desk.mayWrite(partsOf(hit).layer) && !desk.mayEdit(hit)) onHeld(hit)
    const { selected } = desk.state.get()
    const next = selectedBy(selected, hit, event.originalEvent.shiftKey)
    if (next === selected || (next.size === 0 && selected.size === 0)) return
    desk.patch({ selected: next, vertex: null })
    onSelect(hit)
  }
  const double = (event: MapMouseEvent) => {
    if (idle()) return
    if (desk.state.get().pen) {
      event.preventDefault()
      return drawn({ kind: 'finish' })
    }
    const handle = handleAt(event)
    if (handle?.grip.kind !== 'point') return
    event.preventDefault()
    removePoint(desk, handle.id, handle.grip.index)
  }
  const out = () => { desk.point(null) }

  map.on('mousedown', down)
  map.on('touchstart', down)
  map.on('mousemove', move)
  map.on('touchmove', move)
  map.on('click', click)
  map.on('dblclick', double)
  map.on('mouseout', out)
  // The button may be let go outside the map.
  window.addEventListener('mouseup', up)
  window.addEventListener('touchend', up)
  map.boxZoom.disable()
  return () => {
    map.off('mousedown', down)
    map.off('touchstart', down)
    map.off('mousemove', move)
    map.off('touchmove', move)
    map.off('click', click)
    map.off('dblclick', double)
    map.off('mouseout', out)
    window.removeEventListener('mouseup', up)
    window.removeEventListener('touchend', up)
    map.boxZoom.enable()
    box?.element.remove()
    map.getCanvas().style.cursor = ''
  }
}

/** For keys that end, take back or give up what is being drawn. */
export function drawByKey(desk: PlotDesk, kind: 'finish' | 'back' | 'cancel', onDrawn: (ids: readonly string[]) => void): void {
  const { drawing, pen } = desk.state.get()
  if (!drawing || !pen) return
  const step = draw(drawing, { kind })
  const ids = step.finished ? desk.add([strokeFrom(pen, step.finished)]) : []
  desk.patch(step.leave ? { pen: null, drawing: null } : { drawing: step.drawing })
  if (step.finished) onDrawn(ids)
}

/** Takes up a pen, or puts it down. */
export function takePen(desk: PlotDesk, pen: DeskPen): void {
  desk.patch(pen ? { pen, drawing: beginDrawing(pen), selected: new Set(), vertex: null } : { pen: null, drawing: null })
}
type DeskPen = ReturnType<PlotDesk['state']['get']>['pen']

export function removePoint(desk: PlotDesk, id: string, index: number): void {
  const { layer, key } = partsOf(id)
  const before = desk.bodyAt(layer, key)
  if (!before || !desk.mayEdit(id)) return
  desk.write([{ layer, key, value: withoutPoint(before, index) }])
  desk.patch({ vertex: null })
}

function distance(map: MapLibre, place: Place, event: PointerEvent): number {
  const p = map.project([place[0], place[1]])
  return Math.hypot(p.x - event.point.x, p.y - event.point.y)
}
