import type { Geometry, Position } from '#core/geo/geojson.ts'
import { propertiesOf, type ExportItem } from '../exchange.ts'
import { strokeGeometry } from '../shapes.ts'
import type { Stroke } from '../stroke.ts'
import { areaStyle, lineStyle } from '../symbolArt.ts'
import { symbolByCode } from '../symbols.ts'

/** KML 2.2: a folder for each layer, styles shared, everything of a stroke in ExtendedData. */
export function exportKml(items: readonly ExportItem[], title = '标绘'): string {
  const styles = new Map<string, string>()
  const idOf = (stroke: Stroke) => {
    const style = styleOf(stroke)
    const known = styles.get(style) ?? `s${styles.size}`
    styles.set(style, known)
    return known
  }
  const layers = Map.groupBy(items, (item) => item.layer)
  const folders = [...layers.values()].map((inLayer) =>
    `<Folder><name>${escaped(inLayer[0]!.layerName)}</name>\n${inLayer.map((item) => placemark(item, idOf(item.stroke))).join('\n')}\n</Folder>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>${escaped(title)}</name>\n`
    + `${[...styles].map(([style, id]) => `<Style id="${id}">${style}</Style>`).join('\n')}\n${folders.join('\n')}\n</Document></kml>\n`
}

function placemark(item: ExportItem, style: string): string {
  const { stroke } = item
  const properties = propertiesOf(item)
  const data = Object.entries(properties).filter(([, value]) => value !== null)
    .map(([name, value]) => `<Data name="${name}"><value>${escaped(typeof value === 'object' ? JSON.stringify(value) : String(value))}</value></Data>`)
  const time = properties.from || properties.until ? `<TimeSpan>${properties.from ? `<begin>${properties.from}</begin>` : ''}${properties.until ? `<end>${properties.until}</end>` : ''}</TimeSpan>` : ''
  return `<Placemark><name>${escaped(stroke.label || properties.symbolName)}</name>${stroke.remark ? `<description>${escaped(stroke.remark)}</description>` : ''}`
    + `${time}<styleUrl>#${style}</styleUrl><ExtendedData>${data.join('')}</ExtendedData>${geometryXml(strokeGeometry(stroke))}</Placemark>`
}

function geometryXml(geometry: Geometry): string {
  switch (geometry.type) {
    case 'Point': return `<Point>${coordinates([geometry.coordinates])}</Point>`
    case 'LineString': return `<LineString>${coordinates(geometry.coordinates)}</LineString>`
    case 'Polygon': {
      const [outer = [], ...holes] = geometry.coordinates.map((ring) => `<LinearRing>${coordinates(ring)}</LinearRing>`)
      return `<Polygon><outerBoundaryIs>${outer as string}</outerBoundaryIs>${holes.map((hole) => `<innerBoundaryIs>${hole}</innerBoundaryIs>`).join('')}</Polygon>`
    }
    case 'GeometryCollection': return `<MultiGeometry>${geometry.geometries.map(geometryXml).join('')}</MultiGeometry>`
    default: return `<MultiGeometry>${geometry.coordinates.map((part) => geometryXml({ type: geometry.type.slice(5), coordinates: part } as Geometry)).join('')}</MultiGeometry>`
  }
}

const coordinates = (line: readonly Position[]) => `<coordinates>${line.map(([lon, lat]) => `${lon},${lat}`).join(' ')}</coordinates>`

function styleOf(stroke: Stroke): string {
  const own = symbolByCode(stroke.symbol)?.color ?? '#ff0000'
  const line = stroke.color || own
  const width = Math.max(stroke.width, lineStyle(stroke.symbol)?.width ?? areaStyle(stroke.symbol)?.width ?? 0)
  return `<IconStyle><color>${kmlColor(line)}</color><scale>${stroke.size / 32}</scale></IconStyle><LabelStyle><color>${kmlColor(line)}</color></LabelStyle>`
    + `<LineStyle><color>${kmlColor(line)}</color><width>${width}</width></LineStyle><PolyStyle><color>${kmlColor(stroke.fill || line, stroke.opacity)}</color></PolyStyle>`
}

/** KML turns colours round: alpha, blue, green, red. */
function kmlColor(color: string, opacity = 1): string {
  const alpha = Math.round(opacity * 255).toString(16).padStart(2, '0')
  return `${alpha}${color.slice(5, 7)}${color.slice(3, 5)}${color.slice(1, 3)}`
}

/** XML has no place for control characters and half pairs; a carriage return must be spelled out to stay one. */
function escaped(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;')
}
