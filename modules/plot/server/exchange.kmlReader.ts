import { setImmediate } from 'node:timers/promises'
import type { Element, Node } from '@xmldom/xmldom'
import { refuse } from '#core/kernel/index.ts'
import type { Geometry, Position } from '#core/geo/geojson.ts'
import { tooMany } from '../exchange.geojson.ts'
import { addFeature, importLimits, newImport, type ImportResult } from '../exchange.read.ts'
import { childOf, childrenOf, parseXml, pieceName, textOf } from './exchange.xml.ts'
import { kmlStyles, type StyleRead } from './exchange.kmlStyle.ts'

/** Placemarks read before other work gets its turn. */
const handful = 100

/** Strokes of a KML text; folders become layer names, styles of foreign files become colours. */
export async function importKml(text: string, signal?: AbortSignal): Promise<ImportResult> {
  const { frame, piece } = parseXml(text, 'Placemark')
  if (frame.documentElement?.localName !== 'kml') throw refuse('plot.import-format', 'XML 但不是 KML', 'XML, but not KML')
  const styleFor = kmlStyles(frame)
  const result = newImport()
  const left = { positions: importLimits.positions }
  for (const { element, folder } of placemarksOf(frame, '')) {
    if (result.features >= importLimits.features) throw tooMany()
    const placemark = element.localName === pieceName ? piece(Number(element.getAttribute('n'))) : element
    addPlacemark(result, placemark, folder, styleFor, left)
    if (result.features % handful > 0) continue
    await setImmediate()
    signal?.throwIfAborted()
  }
  return result
}

function* placemarksOf(node: Node, folder: string): Generator<{ element: Element; folder: string }> {
  for (const child of childrenOf(node)) {
    if (child.localName === pieceName || child.localName === 'Placemark') yield { element: child, folder }
    else if (child.localName === 'Folder') yield* placemarksOf(child, textOf(childOf(child, 'name')).trim().slice(0, 60))
    else if (child.localName === 'Document' || child.localName === 'kml') yield* placemarksOf(child, folder)
  }
}

function addPlacemark(result: ImportResult, placemark: Element, folder: string, styleFor: (placemark: Element) => StyleRead, left: { positions: number }): void {
  const data = extendedData(placemark)
  // What our own export wrote says all of itself; to a foreign placemark its name, words and style are what there is.
  const properties = 'shape' in data ? data : { name: textOf(childOf(placemark, 'name')).trim(), description: textOf(childOf(placemark, 'description')).trim(), ...styleFor(placemark), ...timesOf(placemark), ...data }
  const geometries = [...childrenOf(placemark)].flatMap((child) => geometriesOf(child, left))
  const geometry: Geometry | null = geometries.length === 1 ? geometries[0]! : geometries.length > 1 ? { type: 'GeometryCollection', geometries } : null
  addFeature(result, { geometry, properties, layerName: folder })
}

function extendedData(placemark: Element): Record<string, unknown> {
  const data = Object.create(null) as Record<string, unknown>
  const extended = childOf(placemark, 'ExtendedData')
  if (!extended) return data
  for (const child of childrenOf(extended)) {
    if (child.localName === 'Data') data[child.getAttribute('name') ?? ''] = textOf(childOf(child, 'value'))
    if (child.localName === 'SchemaData') for (const simple of childrenOf(child)) data[simple.getAttribute('name') ?? ''] = textOf(simple)
  }
  return data
}

function timesOf(placemark: Element): Record<string, string> {
  const span = childOf(placemark, 'TimeSpan')
  return span ? { from: textOf(childOf(span, 'begin')).trim(), until: textOf(childOf(span, 'end')).trim() } : {}
}

/** What an element holds as geometries; what is none holds nothing. */
function geometriesOf(element: Element, left: { positions: number }): Geometry[] {
  const line = (within: Element | null) => (within ? positionsOf(textOf(childOf(within, 'coordinates')), left) : [])
  switch (element.localName) {
    case 'Point': {
      const [at] = line(element)
      return at ? [{ type: 'Point', coordinates: at }] : []
    }
    case 'LineString': return [{ type: 'LineString', coordinates: line(element) }]
    case 'LinearRing': return [{ type: 'Polygon', coordinates: [line(element)] }]
    case 'Polygon': {
      const rings = [...childrenOf(element)].filter((child) => child.localName === 'outerBoundaryIs' || child.localName === 'innerBoundaryIs')
        .sort((a, b) => Number(a.localName === 'innerBoundaryIs') - Number(b.localName === 'innerBoundaryIs'))
        .map((boundary) => line(childOf(boundary, 'LinearRing')))
      return rings.length > 0 ? [{ type: 'Polygon', coordinates: rings }] : []
    }
    case 'MultiGeometry': case 'MultiTrack': return [...childrenOf(element)].flatMap((child) => geometriesOf(child, left))
    case 'Track': {
      const track = [...childrenOf(element)].filter((child) => child.localName === 'coord').flatMap((coord) => positionsOf(textOf(coord).trim().replaceAll(/\s+/g, ','), left))
      return [{ type: 'LineString', coordinates: track }]
    }
    default: return []
  }
}

/** `lon,lat[,height]` apart by white space. */
function positionsOf(text: string, left: { positions: number }): Position[] {
  return text.split(/\s+/).filter(Boolean).map((tuple): Position => {
    if (--left.positions < 0) throw tooMany()
    const [lon = '', lat = ''] = tuple.split(',', 2)
    return [lon === '' ? Number.NaN : Number(lon), lat === '' ? Number.NaN : Number(lat)]
  })
}
