import { refuse } from '#core/kernel/index.ts'
import { bboxOf, unionOf, type BBox } from '../../bbox.ts'
import type { Geometry } from '../../geojson.ts'
import { importFaults, maxExamples, type ImportFault, type ImportReport, type LayerKind } from '../../importReport.ts'
import type { SpatialRow } from '../spatialTable.ts'
import { cleanAttributes } from './attributes.ts'
import { crsByChoice, crsByDeclaration, guessCrs, wgs84, type Crs } from './crs.ts'
import { mendGeometry } from './mend.ts'
import { stopIfAsked, type FeatureSource, type RawFeature } from './source.ts'

/** Rows of one transaction: the running station waits for none longer than a moment. */
const rowsAtOnce = 2000
/** And not more than so much geometry, counted in positions. */
const positionsAtOnce = 200_000
/** When so many features have been looked at, most of them out of range, the coordinate system is wrong. */
const crsTrial = 200

export interface ImportOptions {
  /** The file's name as the report shows it. */
  file: string
  crs?: string
  /** One fault, and nothing is imported. */
  strict?: boolean
  signal: AbortSignal
  now(): number
  onProgress?(progress: { share: number; read: number; perSecond: number }): void
}

/** Reads a source to its end, mends what can be mended, hands on rows by the thousand, and tells what it did. */
export async function importFeatures(source: FeatureSource, store: (rows: SpatialRow[]) => Promise<void>, options: ImportOptions): Promise<ImportReport> {
  const crs = options.crs === undefined ? (source.crs === null ? wgs84 : crsByDeclaration(source.crs)) : crsByChoice(options.crs)
  const begun = options.now()
  const tally = new Tally(crs)
  let rows: SpatialRow[] = []
  let positions = 0
  for await (const features of source.features(options.signal)) {
    for (const feature of features) {
      const row = tally.take(feature)
      if (!row || (options.strict && tally.faulty)) continue
      rows.push(row)
      positions += weightOf(row.geometry)
      if (rows.length < rowsAtOnce && positions < positionsAtOnce) continue
      stopIfAsked(options.signal)
      await store(rows)
      rows = []
      positions = 0
    }
    stopIfAsked(options.signal)
    options.onProgress?.({ share: source.progress(), read: tally.read, perSecond: (tally.read * 1000) / Math.max(1, options.now() - begun) })
  }
  if (rows.length > 0) await store(rows)
  tally.finish()
  return {
    file: options.file, format: source.format, layer: source.layer, crs: crs.name, encoding: source.encoding,
    notes: [...source.notes, ...tally.notes], ...tally.counts(), seconds: Math.round((options.now() - begun) / 100) / 10,
  }
}

class Tally {
  read = 0
  faulty = false
  readonly notes: ImportReport['notes'] = []
  private imported = 0
  private mended = 0
  private readonly faults = new Map<ImportFault, number>()
  private readonly examples: ImportReport['examples'] = []
  private readonly kinds = new Set<LayerKind>()
  private bbox: BBox | null = null
  private readonly crs: Crs
  /** Of a coordinate out of range, as it stands in the file. */
  private strange: [number, number] | null = null
  private outOfRange = 0
  private placed = 0
  private likeDegrees = true

  constructor(crs: Crs) {
    this.crs = crs
  }

  take(feature: RawFeature): SpatialRow | null {
    this.read++
    const { number } = feature
    if (feature.unreadable !== undefined) return this.skip(number, 'unreadable', feature.unreadable)
    const mended = mendGeometry(feature.geometry, this.crs)
    this.tryCrs(feature.geometry, 'skipped' in mended ? mended.skipped : null)
    if ('skipped' in mended) return this.skip(number, mended.skipped, mended.detail)
    const { properties, faults } = cleanAttributes(feature.properties)
    for (const fault of mended.faults) this.note(number, fault)
    for (const fault of faults) this.note(number, fault)
    if (mended.faults.size + faults.size > 0) this.mended++
    this.imported++
    this.kinds.add(kindOf(mended.geometry))
    this.bbox = unionOf(this.bbox, bboxOf(mended.geometry))
    return { id: String(number).padStart(9, '0'), geometry: mended.geometry, properties }
  }

  finish(): void {
    this.judgeCrs()
    if (this.read === 0) throw refuse('import.no-features', '文件中没有要素', 'There are no features in the file')
    if (this.imported === 0) throw refuse('import.nothing-valid', `${this.read} 条要素无一可用：${this.words('zh')}`, `None of ${this.read} features can be used: ${this.words('en')}`)
    // Every feature in the Arctic, but in China the other way round: nobody meant that.
    const [w, s, e, n] = this.bbox ?? [0, 0, 0, 0]
    if (w >= 3 && e <= 54 && s >= 73 && n <= 90) this.notes.push({ zh: '全部坐标在北极附近；若经纬度对调则在我国境内，请检查', en: 'All coordinates are near the North Pole; swapped they would be in China: please check' })
  }

  counts(): Pick<ImportReport, 'read' | 'imported' | 'skipped' | 'mended' | 'kind' | 'bbox' | 'faults' | 'examples'> {
    const kinds = [...this.kinds]
    return {
      read: this.read, imported: this.imported, skipped: this.read - this.imported, mended: this.mended,
      kind: kinds.length === 1 ? kinds[0] as LayerKind : 'mixed', bbox: this.bbox,
      faults: Object.fromEntries(this.faults), examples: this.examples,
    }
  }

  private skip(number: number, fault: ImportFault, detail?: string): null {
    this.note(number, fault, detail)
    return null
  }

  private note(feature: number, fault: ImportFault, detail?: string): void {
    this.faulty = true
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    if (this.examples.length < maxExamples) this.examples.push({ feature, fault, ...(detail === undefined ? {} : { detail: printable(detail) }) })
  }

  /** Looks at where the first features lie before a million are stored in the wrong place. */
  private tryCrs(raw: unknown, skipped: ImportFault | null): void {
    if (this.placed >= crsTrial) return
    const first = firstPosition(raw)
    if (!first || (skipped !== null && skipped !== 'out-of-range')) return
    this.placed++
    if (skipped === 'out-of-range') {
      this.outOfRange++
      this.strange ??= first
    }
    if (Math.abs(first[0]) > 180 || Math.abs(first[1]) > 90) this.likeDegrees = false
    if (this.placed === crsTrial) this.judgeCrs()
  }

  private judgeCrs(): void {
    if (this.strange && this.outOfRange * 2 > this.placed) {
      const guess = guessCrs(...this.strange)
      throw refuse('import.crs-unlikely', `坐标系看来不对（按 ${this.crs.name} 读取）。${guess.zh}`, `The coordinate system is probably wrong (read as ${this.crs.name}). ${guess.en}`)
    }
    if (!this.crs.degrees && this.placed > 0 && this.likeDegrees) {
      throw refuse('import.crs-unlikely', `坐标像是经纬度，却按 ${this.crs.name} 读取：请改用 --crs 4490`, `The coordinates look like degrees but were read as ${this.crs.name}: use --crs 4490`)
    }
  }

  private words(language: 'zh' | 'en'): string {
    return [...this.faults].map(([fault, n]) => `${importFaults[fault][language]} ${n}`).join(language === 'zh' ? '；' : '; ')
  }
}

function firstPosition(raw: unknown): [number, number] | null {
  let value: unknown = (raw as { coordinates?: unknown } | null)?.coordinates
  while (Array.isArray(value) && Array.isArray(value[0])) value = value[0]
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number' ? [value[0], value[1]] : null
}

function kindOf(geometry: Geometry): LayerKind {
  if (geometry.type === 'GeometryCollection') return 'mixed'
  return geometry.type.endsWith('Point') ? 'point' : geometry.type.endsWith('LineString') ? 'line' : 'polygon'
}

function weightOf(geometry: Geometry): number {
  if (geometry.type === 'Point') return 1
  if (geometry.type === 'GeometryCollection') return geometry.geometries.reduce((sum, part) => sum + weightOf(part), 0)
  return (geometry.coordinates as unknown[]).reduce<number>((sum, part) => sum + (Array.isArray(part) && Array.isArray(part[0]) ? part.length * (Array.isArray(part[0][0]) ? part[0].length : 1) : 1), 0)
}

// oxlint-disable-next-line no-control-regex
const printable = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 160)
