import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import type { NewReport } from '../report.api.ts'
import { dropDraft, keepDraft, keptDraft, type LocalDraft } from './draftStore.ts'
import type { FormState } from './formState.ts'

export interface DraftHandle {
  form: FormState
  change: (change: Partial<FormState> | ((form: FormState) => Partial<FormState>)) => void
  reportId: string | null
  /** When this browser last kept it; null when it will not keep anything. */
  keptAt: number | null
  /** When the station last had exactly this. */
  onStationAt: number | null
  /** It was found in this browser when the page opened. */
  restored: boolean
  /** Saves at the station and answers the report's id. */
  save: (body: NewReport) => Promise<string>
  /** Forgets what this browser keeps: it was sent, or thrown away. */
  forget: () => void
}

/** A report being written: every change is kept in this browser at once, a save is kept at the station. */
export function useReportDraft(key: string, start: FormState, startId: string | null, now: () => number = Date.now): DraftHandle {
  const client = useQueryClient()
  const [found] = useState(() => keptDraft(key))
  const [draft, setDraft] = useState<LocalDraft>(() => found ?? { form: start, requestKey: crypto.randomUUID(), savedAt: now(), reportId: startId, onStationAt: startId === null ? null : now() })
  const [keptAt, setKeptAt] = useState<number | null>(found?.savedAt ?? null)
  const touched = useRef(found !== null)
  const gone = useRef(false)

  useEffect(() => {
    if (!touched.current || gone.current) return
    setKeptAt(keepDraft(key, draft) ? draft.savedAt : null)
  }, [key, draft])

  const change = useCallback<DraftHandle['change']>((next) => {
    touched.current = true
    setDraft((before) => ({ ...before, form: { ...before.form, ...(typeof next === 'function' ? next(before.form) : next) }, savedAt: now(), onStationAt: null }))
  }, [now])

  const save = async (body: NewReport) => {
    const { mode: _, incidentId: __, ...edited } = body
    const id = draft.reportId ?? (await api.post<{ id: string }>('/api/reports', body, { 'idempotency-key': draft.requestKey })).id
    if (draft.reportId !== null) await api.put(`/api/reports/${id}`, edited)
    touched.current = true
    setDraft((before) => ({ ...before, reportId: id, onStationAt: before.form === draft.form ? now() : null }))
    void client.invalidateQueries({ queryKey: ['report'] })
    return id
  }
  const forget = () => {
    gone.current = true
    dropDraft(key)
  }
  return { form: draft.form, change, reportId: draft.reportId, keptAt, onStationAt: draft.onStationAt, restored: found !== null, save, forget }
}
