import { plainStroke, shapes, type Shape, type StrokeBody } from './stroke.ts'

/** What a file's attributes say of a stroke, whoever wrote them. */
export interface ReadProperties {
  /** As our own exports name them; null where the figure must be taken from the geometry. */
  shape: Shape | null
  points: unknown
  style: Omit<StrokeBody, 'shape' | 'points'>
  key: string | null
  layerName: string
  /** Attributes that have no place in a stroke. */
  dropped: number
  /** Words cut to the length a stroke takes. */
  shortened: number
}

/** Other names under which programs write the same, lower case; ours come first. */
const aliases = {
  label: ['label', 'name', 'title', '名称', '标注', 'text'],
  remark: ['remark', 'description', 'desc', 'comment', 'cmt', '备注', '说明', '描述'],
  color: ['color', 'stroke', 'marker-color', 'colour'],
  fill: ['fill'],
  opacity: ['opacity', 'fill-opacity'],
  width: ['width', 'stroke-width'],
} as const

/** Said anew by whoever imports, or of no weight: not counted as lost. */
const passedOver = new Set(['key', 'layer', 'layername', 'symbolname', 'author', 'by', 'station', 'updatedat', 'id', 'fid', 'ogc_fid', 'shape', 'points', 'symbol', 'dash', 'size', 'rotation', 'from', 'until', 'photos',
  'timestamp', 'begin', 'end', 'altitudemode', 'tessellate', 'extrude', 'visibility', 'draworder', 'icon', 'snippet', 'stroke-opacity', ...Object.values(aliases).flat()])

export function readProperties(given: Record<string, unknown>): ReadProperties {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  const first = (names: readonly string[]) => names.map((name) => byName.get(name)).find((value) => value !== undefined && value !== null && value !== '')
  let shortened = 0
  const words = (names: readonly string[], most: number) => {
    const text = textOf(first(names))
    if (text.length > most) shortened++
    return text.slice(0, most)
  }
  const shape = byName.get('shape')
  const symbol = textOf(byName.get('symbol')).toUpperCase()
  const dash = byName.get('dash')
  return {
    shape: shapes.includes(shape as Shape) ? (shape as Shape) : null,
    points: listOf(byName.get('points')),
    key: typeof byName.get('key') === 'string' ? (byName.get('key') as string) : null,
    layerName: textOf(byName.get('layername')).slice(0, 60),
    dropped: [...byName].filter(([name, value]) => !passedOver.has(name) && value !== null && value !== '').length,
    style: {
      symbol: /^[A-Z][0-9]{5}$/.test(symbol) ? symbol : '',
      label: words(aliases.label, 120),
      remark: words(aliases.remark, 2_000),
      color: colorOf(first(aliases.color)),
      fill: colorOf(first(aliases.fill)),
      opacity: numberOf(first(aliases.opacity), 0, 1, plainStroke.opacity),
      width: numberOf(first(aliases.width), 0.5, 24, plainStroke.width),
      dash: dash === 'dash' || dash === 'dot' || dash === 'dash-dot' ? dash : 'solid',
      size: numberOf(byName.get('size'), 8, 256, plainStroke.size),
      rotation: numberOf(byName.get('rotation'), -360, 360, plainStroke.rotation),
      from: timeOf(byName.get('from')),
      until: timeOf(byName.get('until')),
      photos: photosOf(byName.get('photos')),
    },
    shortened,
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value : ''
}

function numberOf(value: unknown, least: number, most: number, otherwise: number): number {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof n === 'number' && Number.isFinite(n) ? Math.min(most, Math.max(least, n)) : otherwise
}

/** `#f00`, `#ff0000` and `#ff0000cc`; what is no colour is none. */
function colorOf(value: unknown): StrokeBody['color'] {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(textOf(value).trim())?.[1]?.toLowerCase()
  if (!digits) return ''
  return `#${digits.length === 3 ? [...digits].map((d) => d + d).join('') : digits.slice(0, 6)}`
}

function timeOf(value: unknown): number | null {
  const at = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) && at >= 0 ? Math.round(at) : null
}

/** A list, or the JSON text of one. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (!value.startsWith('[') || value.length > 400_000) return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

function photosOf(value: unknown): string[] {
  const list = listOf(value)
  return Array.isArray(list) ? list.filter((hash): hash is string => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)).slice(0, 12) : []
}
