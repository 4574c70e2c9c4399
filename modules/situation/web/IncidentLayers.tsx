import type { ExpressionSpecification, Map as MapLibre, MapMouseEvent, VectorTileSource } from 'maplibre-gl'
import { useEffect, useMemo, useRef, type RefObject } from 'react'
import { palettes } from '#core/ui/palette.ts'
import { queryText } from '#core/ui/web/api.ts'
import { useLook } from '#core/ui/web/look.tsx'
import { useLayerEntries, useLayerLooks, type LayerEntry, type LayerLook } from '#core/ui/web/map/layerBoard.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { mapSlot, removeLayers, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { isGripped, useMapSelection, type MapSelection } from '#core/ui/web/map/mapSelection.ts'
import { onNews } from '#core/ui/web/live.ts'
import { useText } from '#core/ui/web/texts.ts'
import { grades } from '#modules/norms/index.ts'
import { drawMark, incidentClasses, incidentHalo, levelColours, levelInks, markAddress, markName, markRatio } from './incidentMarks.ts'
import { situationTexts, type SaySituation } from './situationTexts.ts'
import { readTimeRange } from './timeBins.ts'
import { aboveSheet } from './zoomOf.ts'

const source = 'incidents'
const layers = { halo: incidentHalo, clusters: 'incident-clusters', counts: 'incident-counts', marks: 'incident-marks' }
const clustered: ExpressionSpecification = ['has', 'point_count']
const single: ExpressionSpecification = ['!', clustered]

/** Incidents by class and level. They come as tiles clustered by the station, so that it does not matter how many there are. */
export function IncidentLayers({ onSeveral }: { onSeveral: (ids: string[]) => void }) {
  const say = useText(situationTexts)
  const [theme] = useLook()
  const [selection, select] = useMapSelection()
  const narrow = useMapPlaces()?.narrow === true
  const latest = useRef({ select, onSeveral, selection, narrow })
  useEffect(() => { latest.current = { select, onSeveral, selection, narrow } })
  const lookOf = useLayerLooks()
  const [t] = useMapParam('t')
  const url = useMemo(() => tilesOf(lookOf, t), [lookOf, t])
  const drawn = useRef<string | undefined>(undefined)
  const { shown, opacity } = lookOf('incidents')
  useLayerEntries(useMemo(() => entriesOf(say), [say]))

  useMapLayers((map) => {
    drawn.current = url
    map.addSource(source, { type: 'vector', tiles: [url ?? `/tiles/${source}/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16, promoteId: 'id' })
    const p = palettes[theme]
    map.addLayer({ id: layers.halo, type: 'circle', source, 'source-layer': 'incidents', filter: ['==', ['get', 'id'], ''], paint: { 'circle-radius': 24, 'circle-color': p.accent, 'circle-opacity': 0.3, 'circle-stroke-color': p.accent, 'circle-stroke-width': 2 } }, mapSlot.incidents)
    map.addLayer({
      id: layers.clusters, type: 'circle', source, 'source-layer': 'incidents', filter: clustered,
      paint: { 'circle-color': byLevel(levelColours), 'circle-radius': ['step', ['get', 'point_count'], 16, 10, 20, 100, 25, 1000, 31], 'circle-stroke-width': 3, 'circle-stroke-color': '#ffffff' },
    }, mapSlot.incidents)
    map.addLayer({
      id: layers.counts, type: 'symbol', source, 'source-layer': 'incidents', filter: clustered,
      layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-size': 14, 'text-allow-overlap': true, 'icon-allow-overlap': true },
      paint: { 'text-color': byLevel(levelInks) },
    }, mapSlot.incidents)
    map.addLayer({
      id: layers.marks, type: 'symbol', source, 'source-layer': 'incidents', filter: single,
      layout: {
        'icon-image': ['concat', 'incident ', ['case', ['in', ['slice', ['get', 'code'], 0, 2], ['literal', [...incidentClasses]]], ['slice', ['get', 'code'], 0, 2], 'other'], ' ', ['get', 'level'], ' ', ['get', 'mode']],
        'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 4, 0.75, 9, 1],
        'symbol-sort-key': ['match', ['get', 'level'], 'I', 4, 'II', 3, 'III', 2, 1],
        'text-field': titleOf('【演练】', '【测试】'), 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.35], 'text-optional': true, 'text-max-width': 12,
      },
      paint: { 'text-color': p.ink, 'text-halo-color': p.ground, 'text-halo-width': 1.6 },
    }, mapSlot.incidents)
    lendMarks(map)
    const quiet = listen(map, latest)
    return () => {
      quiet()
      removeLayers(map, Object.values(layers), [source])
    }
  }, [theme, say])

  useMapLayers((map) => {
    if (url && url !== drawn.current) {
      drawn.current = url
      map.getSource<VectorTileSource>(source)?.setTiles([url])
    }
    for (const id of Object.values(layers)) map.setLayoutProperty(id, 'visibility', shown && url ? 'visible' : 'none')
    for (const [id, property, full] of fading) map.setPaintProperty(id, property, full * opacity)
  }, [url, shown, opacity, theme, say])
  useMapLayers((map) => refreshOnNews(map), [])
  useMapLayers((map) => { map.setFilter(layers.halo, ['==', ['get', 'id'], selection?.kind === 'incident' ? selection.id : '']) }, [selection, theme, say])
  return null
}

const lending = new WeakSet<MapLibre>()

/** Draws marks when they are asked for, once and for good: tiles under way ask for theirs after their layer is gone. */
function lendMarks(map: MapLibre): void {
  if (lending.has(map)) return
  lending.add(map)
  map.on('styleimagemissing', ({ id }: { id: string }) => {
    const mark = map.hasImage(id) ? undefined : drawMark(id)
    const pixels = mark?.getContext('2d')?.getImageData(0, 0, mark.width, mark.height)
    if (pixels) map.addImage(id, pixels, { pixelRatio: markRatio })
  })
}

const fading = [
  [layers.clusters, 'circle-opacity', 1], [layers.clusters, 'circle-stroke-opacity', 0.9], [layers.counts, 'text-opacity', 1],
  [layers.marks, 'icon-opacity', 1], [layers.marks, 'text-opacity', 1], [layers.halo, 'circle-opacity', 0.3],
] as const

function byLevel(colours: Record<(typeof grades)[number], string>): ExpressionSpecification {
  return ['match', ['get', 'level'], 'I', colours.I, 'II', colours.II, 'III', colours.III, colours.IV]
}

/** What is no real disaster begins with saying so, even where its title does not. */
function titleOf(exercise: string, test: string): ExpressionSpecification {
  const marked = (mode: string, mark: string): ExpressionSpecification => ['all', ['==', ['get', 'mode'], mode], ['!=', ['index-of', mark, ['get', 'title']], 0]]
  return ['concat', ['case', marked('exercise', exercise), exercise, marked('test', test), test, ''], ['get', 'title']]
}

/** The tiles of what is switched on; undefined when all of it is off. */
function tilesOf(lookOf: (id: string) => LayerLook, t: string | undefined): string | undefined {
  const code = [...incidentClasses].filter((one) => lookOf(`class.${one}`).shown)
  const level = grades.filter((one) => lookOf(`level.${one}`).shown)
  const status = ['open', ...(lookOf('status.closed').shown ? ['closed'] : [])]
  if (code.length === 0 || level.length === 0) return undefined
  const range = readTimeRange(t)
  const query = { from: range?.from, until: range?.until, code: code.length < incidentClasses.length ? code.join(',') : undefined, level: level.length < grades.length ? level.join(',') : undefined, status: status.join(',') }
  return `/tiles/${source}/{z}/{x}/{y}.mvt${queryText(query)}`
}

function entriesOf(say: SaySituation): LayerEntry[] {
  const mark = (code: string, level: string) => markAddress(markName({ code, level, mode: 'actual' }))
  return [
    { id: 'incidents', group: 'incidents', title: say('layer.incidents'), fades: true, legend: [{ kind: 'point', label: say('mark.exercise'), color: levelColours.III, picture: markAddress(markName({ code: '11', level: 'III', mode: 'exercise' })) }] },
    ...incidentClasses.map((code): LayerEntry => ({ id: `class.${code}`, group: 'incidents', under: say('layer.byClass'), title: say(`class.${code}`), legend: [{ kind: 'point', label: say(`class.${code}`), color: levelColours.IV, picture: mark(code, 'IV') }] })),
    ...grades.map((level): LayerEntry => ({ id: `level.${level}`, group: 'incidents', under: say('layer.byLevel'), title: say(`level.${level}`), legend: [{ kind: 'point', label: say(`level.${level}`), color: levelColours[level] }] })),
    { id: 'status.closed', group: 'incidents', under: say('layer.byStatus'), title: say('layer.closed') },
  ]
}

interface Latest { select: (next: MapSelection | null) => void; onSeveral: (ids: string[]) => void; selection: MapSelection | null; narrow: boolean }

/** Clicks and the hand that shows what can be clicked; silent while another part has the pointer. */
function listen(map: MapLibre, latest: RefObject<Latest>): () => void {
  const clickable = [layers.marks, layers.clusters]
  const hits = (event: MapMouseEvent) => map.queryRenderedFeatures([[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]], { layers: clickable })
  const click = (event: MapMouseEvent) => {
    if (isGripped() || event.defaultPrevented) return
    const [first, ...more] = hits(event)
    const { select, onSeveral, selection, narrow } = latest.current
    if (!first) {
      if (selection?.kind === 'incident') select(null)
      return
    }
    event.preventDefault()
    if (first.layer.id === layers.clusters) {
      map.easeTo({ center: event.lngLat, zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()) })
      return
    }
    const ids = [...new Set([first, ...more].filter(({ layer }) => layer.id === layers.marks).map(({ properties }) => String(properties.id)))]
    onSeveral(ids)
    if (narrow) map.easeTo({ center: event.lngLat, offset: aboveSheet(map, narrow) })
    select({ kind: 'incident', id: ids[0]! })
  }
  const over = () => { if (!isGripped()) map.getCanvas().style.cursor = 'pointer' }
  const away = () => { if (!isGripped()) map.getCanvas().style.cursor = '' }
  map.on('click', click)
  map.on('mouseenter', clickable, over)
  map.on('mouseleave', clickable, away)
  return () => {
    map.off('click', click)
    map.off('mouseenter', clickable, over)
    map.off('mouseleave', clickable, away)
  }
}

/** New tiles after news about incidents, at most every other second. */
function refreshOnNews(map: MapLibre): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const off = onNews((facts) => {
    if (timer !== undefined || !facts.some((fact) => fact.subject.startsWith('incident/'))) return
    timer = setTimeout(() => {
      timer = undefined
      if (map.getSource(source)) map.refreshTiles(source)
    }, 2_000)
  })
  return () => {
    off()
    clearTimeout(timer)
  }
}
