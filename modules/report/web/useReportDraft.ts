import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, isApiFault } from '#core/ui/web/api.ts'
import type { NewReport, ReportAnswer } from '../report.api.ts'
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
export function useReportDraft(key: string, start: FormState, startId: string | null, startFact?: string, now: () => number = Date.now): DraftHandle {
  const client = useQueryClient()
  const [found] = useState(() => keptDraft(key))
  const [draft, setDraft] = useState<LocalDraft>(() => found ?? { form: start, requestKey: crypto.randomUUID(), savedAt: now(), reportId: startId, basedOn: startFact, onStationAt: startId === null ? null : now() })
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

  /** Refused when somebody else changed it meanwhile; having been told so, the next save replaces theirs. */
  const replace = async (id: string, edited: Omit<NewReport, 'mode' | 'incidentId'>) => {
    try {
      return await api.put<ReportAnswer>(`/api/reports/${id}`, { ...edited, basedOn: draft.basedOn })
    } catch (error) {
      if (isApiFault(error) && error.problem.code === 'report.edited-meanwhile') {
        const basedOn = draftedBy(await api.get<ReportAnswer>(`/api/reports/${id}`))
        setDraft((before) => ({ ...before, basedOn }))
      }
      throw error
    }
  }
  const save = async (body: NewReport) => {
    const { mode: _, incidentId: __, ...edited } = body
    const id = draft.reportId ?? (await api.post<{ id: string }>('/api/reports', body, { 'idempotency-key': draft.requestKey })).id
    const basedOn = draftedBy(draft.reportId === null ? await api.get<ReportAnswer>(`/api/reports/${id}`) : await replace(id, edited))
    touched.current = true
    setDraft((before) => ({ ...before, reportId: id, basedOn, onStationAt: before.form === draft.form ? now() : null }))
    void client.invalidateQueries({ queryKey: ['report'] })
    return id
  }
  const forget = () => {
    gone.current = true
    dropDraft(key)
  }
  return { form: draft.form, change, reportId: draft.reportId, keptAt, onStationAt: draft.onStationAt, restored: found !== null, save, forget }
}

/** The fact that holds the draft as it now is at the station. */
export function draftedBy(report: Pick<ReportAnswer, 'timeline'>): string | undefined {
  return report.timeline.findLast((entry) => entry.type === 'report.drafted.v1')?.fact
}
