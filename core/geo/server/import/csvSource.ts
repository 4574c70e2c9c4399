import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import iconv from 'iconv-lite'
import { refuse } from '#core/kernel/index.ts'
import { beginningOf, encodingOf } from './geojsonSource.ts'
import { degreesAssumed, handful, stopIfAsked, type FeatureSource, type OpenChoices, type RawFeature } from './source.ts'

const lonNames = ['lon', 'lng', 'long', 'longitude', 'x', '经度', '东经', 'jd']
const latNames = ['lat', 'latitude', 'y', '纬度', '北纬', 'wd']
const maxFieldLength = 64 * 1024
const maxColumns = 400

/** A table of points: the first line names the columns, one of them longitude, one latitude. */
export async function openCsv(path: string, { encoding: wanted }: OpenChoices = {}): Promise<FeatureSource> {
  const { size } = await stat(path)
  const sample = await beginningOf(path, 1024 * 1024)
  const { encoding, note } = encodingOf(sample, size, wanted)
  const text = iconv.decode(sample, encoding)
  const rows = new CsvRows(separatorOf(text))
  const heading = rows.push(text).at(0) ?? rows.end().at(0) ?? []
  const names = heading.map((name) => name.trim())
  const find = (known: string[]) => names.findIndex((name) => known.includes(name.toLowerCase()))
  const [lon, lat] = [find(lonNames), find(latNames)]
  if (lon < 0 || lat < 0) throw refuse('import.csv-columns', `CSV 首行没有经纬度列：应有 lon/经度 和 lat/纬度，现有 ${names.slice(0, 12).join('、').slice(0, 300)}`, `The first line of the CSV names no longitude and latitude (lon and lat); it has: ${names.slice(0, 12).join(', ').slice(0, 300)}`)
  let done = 0
  const controller = new AbortController()
  return {
    format: 'CSV', layer: null, crs: null, encoding, notes: note ? [note, degreesAssumed] : [degreesAssumed],
    progress: () => (size === 0 ? 1 : done / size),
    async* features(signal) {
      const decoder = iconv.getDecoder(encoding)
      const reading = new CsvRows(separatorOf(text))
      let number = -1
      let found: RawFeature[] = []
      const take = (row: string[]) => {
        number++
        if (number === 0 || (row.length === 1 && row[0] === '')) return
        found.push(featureOf(row, number, names, lon, lat))
      }
      for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024, signal: controller.signal }) as AsyncIterable<Buffer>) {
        stopIfAsked(signal)
        done += chunk.length
        for (const row of reading.push(decoder.write(chunk))) take(row)
        if (found.length < handful) continue
        yield found
        found = []
      }
      for (const row of reading.push(decoder.end() ?? '')) take(row)
      for (const row of reading.end()) take(row)
      yield found
    },
    close: async () => controller.abort(),
  }
}

function featureOf(row: string[], number: number, names: string[], lon: number, lat: number): RawFeature {
  const properties: Record<string, unknown> = {}
  names.forEach((name, i) => {
    if (name && i !== lon && i !== lat && row[i]) properties[name] = row[i]
  })
  const [x, y] = [row[lon]?.trim() ?? '', row[lat]?.trim() ?? '']
  return { number, geometry: x === '' && y === '' ? null : { type: 'Point', coordinates: [x === '' ? NaN : Number(x), y === '' ? NaN : Number(y)] }, properties }
}

function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  return [',', '\t', ';'].reduce((best, c) => (line.split(c).length > line.split(best).length ? c : best), ',')
}

/** RFC 4180, cut by cut: a quoted field may hold separators, quotes (doubled) and line ends. */
export class CsvRows {
  private readonly separator: string
  private row: string[] = []
  private field = ''
  private quoted = false
  /** A quote inside a quoted field: its end, or half of a doubled one. */
  private quoteSeen = false
  private first = true
  private lastWasReturn = false

  constructor(separator: string) {
    this.separator = separator
  }

  push(text: string): string[][] {
    const rows: string[][] = []
    for (let i = this.first && text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
      const c = text[i] as string
      if (this.quoted && !this.quoteSeen) {
        if (c === '"') this.quoteSeen = true
        else this.add(c)
        continue
      }
      if (this.quoteSeen) {
        this.quoteSeen = false
        if (c === '"') {
          this.add(c)
          continue
        }
        this.quoted = false
      }
      const returned = this.lastWasReturn
      this.lastWasReturn = c === '\r'
      if (c === '"' && this.field === '') this.quoted = true
      else if (c === this.separator) this.endField()
      else if (c === '\n' && returned) continue
      else if (c === '\n' || c === '\r') rows.push(this.endRow())
      else this.add(c)
    }
    if (text) this.first = false
    return rows
  }

  end(): string[][] {
    if (this.quoted && !this.quoteSeen) throw refuse('import.truncated', '文件不完整：末尾的引号没有配对', 'The file is not whole: a quotation mark is not closed at its end')
    return this.field === '' && this.row.length === 0 ? [] : [this.endRow()]
  }

  private add(c: string): void {
    if (this.field.length >= maxFieldLength) throw refuse('import.csv-field', `CSV 中有一格超过 ${maxFieldLength} 个字，可能引号没有配对`, `A field of the CSV has more than ${maxFieldLength} characters: perhaps a quotation mark is not closed`)
    this.field += c
  }

  private endField(): void {
    if (this.row.length < maxColumns) this.row.push(this.field)
    this.field = ''
  }

  private endRow(): string[] {
    this.endField()
    const row = this.row
    this.row = []
    return row
  }
}
