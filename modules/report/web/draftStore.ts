import type { FormState } from './formState.ts'

/** What this browser keeps of a report being written, so that a reload or a crash loses nothing. */
export interface LocalDraft {
  form: FormState
  /** The station's draft that this became by its first save. */
  reportId: string | null
  /** Sent with the first save, so that a save whose answer was lost does not make a second report. */
  requestKey: string
  /** The drafting fact that this began from, so that nobody else's change is overwritten unseen. */
  basedOn?: string
  savedAt: number
  /** When the station last had exactly this; null: never. */
  onStationAt: number | null
}

const version = 1

/** One place a draft may stand: a new report, a follow-up of an incident, a draft known to the station. One for each person and station. */
export function draftKey(station: string, person: string, what: string): string {
  return `fengsui.report.${version}.${station}.${person}.${what}`
}

/** False when the browser would not keep it (full, or forbidden): the screen then says so. */
export function keepDraft(key: string, draft: LocalDraft, storage: Storage = localStorage): boolean {
  try {
    storage.setItem(key, JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}

/** What an older version of this form or another program wrote is not trusted to be a draft. */
export function keptDraft(key: string, storage: Storage = localStorage): LocalDraft | null {
  try {
    const draft: unknown = JSON.parse(storage.getItem(key) ?? 'null')
    return isDraft(draft) ? draft : null
  } catch {
    return null
  }
}

export function dropDraft(key: string, storage: Storage = localStorage): void {
  try {
    storage.removeItem(key)
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function isDraft(value: unknown): value is LocalDraft {
  if (typeof value !== 'object' || value === null || !('form' in value) || !('requestKey' in value)) return false
  const { form, requestKey } = value
  return typeof requestKey === 'string' && typeof form === 'object' && form !== null && 'figures' in form && 'text' in form && 'attachments' in form && Array.isArray(form.attachments)
}
