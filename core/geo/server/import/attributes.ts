import type { ImportFault } from '../../importReport.ts'
import { isRecord } from './source.ts'

const maxAttributes = 200
const maxName = 120
const maxText = 8000
const maxNested = 8000

/** Control characters but tab and line end; the database takes no null character, a terminal or document none of the others. */
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Attributes as they may be stored: text, numbers, true and false; whatever is nested becomes its JSON. */
export function cleanAttributes(raw: Record<string, unknown>): { properties: Record<string, unknown>; faults: Set<ImportFault> } {
  const faults = new Set<ImportFault>()
  const properties: Record<string, unknown> = {}
  let left = maxAttributes
  for (const name in raw) {
    if (!Object.hasOwn(raw, name)) continue
    if (left-- <= 0) {
      faults.add('attributes-dropped')
      break
    }
    const key = text(name, maxName, faults)
    if (key === '' || key === '__proto__') faults.add('attributes-dropped')
    else properties[key] = value(raw[name], faults)
  }
  return { properties, faults }
}

function value(raw: unknown, faults: Set<ImportFault>): unknown {
  if (typeof raw === 'string') return text(raw, maxText, faults)
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw
  if (typeof raw === 'boolean' || raw === null) return raw
  if (Array.isArray(raw) || isRecord(raw)) {
    const json = JSON.stringify(raw)
    if (json.length <= maxNested) return text(json, maxNested, faults)
  }
  faults.add('attributes-dropped')
  return null
}

function text(raw: string, limit: number, faults: Set<ImportFault>): string {
  let clean = raw
  if (control.test(clean)) {
    faults.add('text-cleaned')
    clean = clean.slice(0, limit * 2).replaceAll(new RegExp(control, 'g'), '')
  }
  if (clean.length <= limit) return clean
  faults.add('text-cut')
  const cut = clean.slice(0, limit)
  // Not in the middle of a rare character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}
