import { beijingMinute, readBeijing } from '#core/ui/beijingTime.ts'
import { measureNames, type FigureName, type Grade, type ReportKind } from '#modules/norms/index.ts'
import type { NewReport, ReportAnswer } from '../report.api.ts'
import type { Attachment } from '#core/kernel/index.ts'

/** One figure as typed: digits, or *unknown* said on purpose, or nothing said yet. */
export interface FigureEntry {
  digits: string
  unknown: boolean
}

/** What the officer has typed, as typed: nothing is lost because it does not parse yet. */
export interface FormState {
  kind: ReportKind
  mode: 'actual' | 'exercise' | 'test'
  /** The incident it continues; empty: it opens one. */
  incidentId: string
  code: string
  codeName: string
  title: string
  /** The title is ours until the officer changes it. */
  titleIsOwn: boolean
  occurredAt: string
  learnedAt: string
  phonedAt: string
  division: string
  divisionName: string
  address: string
  lon: string
  lat: string
  figures: Record<FigureName, FigureEntry>
  attributes: Record<string, string>
  level: Grade | ''
  text: string
  details: Record<string, string>
  attachments: Attachment[]
}

export const detailNames = ['source', 'nature', 'scope', 'trend', 'leaders', 'measures', 'needs', 'instructions', 'cause', 'aftermath', 'lessons'] as const
export type DetailName = (typeof detailNames)[number]

export function emptyForm(now: number): FormState {
  return {
    kind: 'first', mode: 'actual', incidentId: '', code: '', codeName: '', title: '', titleIsOwn: false, occurredAt: '', learnedAt: beijingMinute(now), phonedAt: '',
    division: '', divisionName: '', address: '', lon: '', lat: '',
    figures: Object.fromEntries(measureNames.map((name) => [name, { digits: '', unknown: false }])) as FormState['figures'],
    attributes: {}, level: '', text: '', details: {}, attachments: [],
  }
}

/** A saved draft back in the form. */
export function formOf(report: ReportAnswer): FormState {
  return {
    ...carried(report),
    kind: report.kind,
    title: report.title,
    titleIsOwn: true,
    phonedAt: report.phonedAt === null ? '' : beijingMinute(report.phonedAt),
    text: report.text,
    details: { ...report.details },
    attachments: [...report.attachments],
  }
}

/** 续报 and 终报 start from what was last reported; only the text is new. */
export function followUpForm(last: ReportAnswer, kind: ReportKind): FormState {
  return { ...carried(last), kind, title: '', titleIsOwn: false, level: '', phonedAt: '', text: '', details: {}, attachments: [] }
}

function carried(report: ReportAnswer): FormState {
  const { place } = report
  return {
    ...emptyForm(0),
    mode: report.mode,
    incidentId: report.incidentId,
    code: report.code,
    occurredAt: beijingMinute(report.occurredAt),
    learnedAt: beijingMinute(report.learnedAt),
    division: place.division,
    address: place.address ?? '',
    lon: place.lon === undefined ? '' : String(place.lon),
    lat: place.lat === undefined ? '' : String(place.lat),
    figures: Object.fromEntries(measureNames.map((name) => [name, entryOf(report.figures[name])])) as FormState['figures'],
    attributes: Object.fromEntries(Object.entries(report.attributes).map(([name, value]) => [name, String(value)])),
    level: report.level.initial ?? '',
  }
}

function entryOf(figure: number | null): FigureEntry {
  return figure === null ? { digits: '', unknown: true } : { digits: String(figure), unknown: false }
}

/** What was typed at a field, by the station's name of it; to see whether a fault is still about it. */
export function valueAt(form: FormState, field: string): string {
  const [group, name = ''] = field.split('.') as [string, string?]
  if (group === 'figures') return JSON.stringify(form.figures[name as FigureName])
  if (group === 'attributes') return form.attributes[name] ?? ''
  if (group === 'details') return form.details[name] ?? ''
  return JSON.stringify(form[(group === 'place' ? name : group) as keyof FormState] ?? '')
}

/** What stands in the way of sending the form to the station, by field; the same names as the station's own faults. */
export type FormFault = 'wanted' | 'time' | 'number' | 'lonLat' | 'order'

export type Measures = readonly { name: string; kind: 'number' | 'choice' | 'yesno' }[]

/** The request body, or the fields that cannot be read. `measures` says how attributes are typed; null: not known yet. */
export function bodyOf(form: FormState, measures: Measures | null): { body: NewReport } | { faults: Record<string, FormFault> } {
  const faults: Record<string, FormFault> = {}
  const want = (field: string, text: string) => { if (text.trim() === '') faults[field] = 'wanted' }
  want('code', form.code)
  want('title', form.title)
  want('place.division', form.division)
  want('occurredAt', form.occurredAt)
  want('learnedAt', form.learnedAt)
  const occurredAt = timeIn(form.occurredAt, 'occurredAt', faults)
  const learnedAt = timeIn(form.learnedAt, 'learnedAt', faults)
  const phonedAt = timeIn(form.phonedAt, 'phonedAt', faults)
  if (occurredAt !== undefined && learnedAt !== undefined && occurredAt > learnedAt) faults.learnedAt = 'order'
  if (phonedAt !== undefined && learnedAt !== undefined && phonedAt < learnedAt) faults.phonedAt = 'order'
  const lon = numberIn(form.lon, 'place.lon', faults, -180, 180)
  const lat = numberIn(form.lat, 'place.lat', faults, -90, 90)
  if ((lon === undefined) !== (lat === undefined) && !faults['place.lon'] && !faults['place.lat']) faults[lon === undefined ? 'place.lon' : 'place.lat'] = 'lonLat'
  const figures = figuresIn(form, faults)
  const attributes = attributesIn(form, measures, faults)
  if (Object.keys(faults).length > 0 || occurredAt === undefined || learnedAt === undefined) return { faults }
  const details = Object.fromEntries(Object.entries(form.details).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text !== ''))
  return {
    body: {
      kind: form.kind, code: form.code, title: form.title.trim(), occurredAt, learnedAt, ...(phonedAt === undefined ? {} : { phonedAt }),
      place: { division: form.division, ...(form.address.trim() ? { address: form.address.trim() } : {}), ...(lon === undefined || lat === undefined ? {} : { lon, lat }) },
      figures, attributes, details, text: form.text.trim(), attachments: form.attachments,
      ...(form.level === '' ? {} : { level: form.level }),
      ...(form.incidentId === '' ? { mode: form.mode } : { incidentId: form.incidentId }),
    },
  }
}

function figuresIn(form: FormState, faults: Record<string, FormFault>): NewReport['figures'] {
  return Object.fromEntries(measureNames.flatMap((name): [FigureName, number | null][] => {
    const { digits, unknown } = form.figures[name]
    if (unknown) return [[name, null]]
    if (digits.trim() === '') return []
    const value = numberIn(digits, `figures.${name}`, faults, 0, 1e9, name !== 'lossWan')
    return value === undefined ? [] : [[name, value]]
  }))
}

/** While the measures of the code are not read yet, what was typed is taken as what it looks like rather than dropped. */
function attributesIn(form: FormState, measures: Measures | null, faults: Record<string, FormFault>): Record<string, number | string | boolean> {
  if (measures === null) return Object.fromEntries(Object.entries(form.attributes).filter(([, typed]) => typed.trim() !== '').map(([name, typed]) => [name, guessed(typed.trim())]))
  return Object.fromEntries(measures.flatMap(({ name, kind }): [string, number | string | boolean][] => {
    const typed = form.attributes[name]?.trim() ?? ''
    if (typed === '') return []
    if (kind === 'yesno') return [[name, typed === 'true']]
    if (kind === 'choice') return [[name, typed]]
    const value = numberIn(typed, `attributes.${name}`, faults, -1e12, 1e12)
    return value === undefined ? [] : [[name, value]]
  }))
}

function guessed(typed: string): number | string | boolean {
  if (typed === 'true' || typed === 'false') return typed === 'true'
  return Number.isFinite(Number(typed)) ? Number(typed) : typed
}

function timeIn(text: string, field: string, faults: Record<string, FormFault>): number | undefined {
  if (text.trim() === '') return undefined
  const ms = readBeijing(text)
  if (ms === null) faults[field] = 'time'
  return ms ?? undefined
}

/** Full-width digits count: an input method may well be on. */
function numberIn(text: string, field: string, faults: Record<string, FormFault>, least: number, most: number, whole = false): number | undefined {
  const plain = text.normalize('NFKC').replaceAll(/[\s,]/g, '')
  if (plain === '') return undefined
  const value = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    faults[field] = 'number'
    return undefined
  }
  return value
}

/** Completes a time typed in short: `0209` or `2:09` is today's, `1-23 2:09` this year's. Anything else stays as typed. */
export function fullTime(text: string, now: number): string {
  const typed = text.normalize('NFKC').trim()
  const today = beijingMinute(now)
  const short = /^(\d{1,2}):?(\d{2})$/.exec(typed)
  const dated = /^(\d{1,2})[-/月](\d{1,2})日?\s+(\d{1,2}):?(\d{2})$/.exec(typed)
  const whole = /^(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?[\sT]+(\d{1,2})[:时](\d{2})分?$/.exec(typed)
  const at = short ? [today.slice(0, 10), short[1], short[2]] : dated ? [`${today.slice(0, 4)}-${two(dated[1])}-${two(dated[2])}`, dated[3], dated[4]] : whole ? [`${whole[1]}-${two(whole[2])}-${two(whole[3])}`, whole[4], whole[5]] : null
  if (!at) return text
  const full = `${at[0]} ${two(at[1])}:${at[2]}`
  return readBeijing(full) === null ? text : full
}

const two = (digits: string | undefined) => (digits ?? '').padStart(2, '0')
