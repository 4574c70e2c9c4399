import { useQuery } from '@tanstack/react-query'
import { api } from '#core/ui/web/api.ts'
import type { Grade } from '#modules/norms/index.ts'

/** What the form asks of the norms routes: codes, the measures of a code, divisions, and a grading without writing anything. */

export interface CodeItem {
  code: string
  zh: string
  en: string | null
  klassName: string | null
}

export interface MeasureItem {
  name: string
  zh: string
  en: string
  unit: string
  kind: 'number' | 'choice' | 'yesno'
  choices?: Record<string, { zh: string; en: string }>
}

export interface DivisionItem {
  code: string
  name: string
  path: string
  lon: number | null
  lat: number | null
}

export interface Grading {
  level: Grade | null
  reportingLevel: Grade | null
  couldBe: Grade | null
  clauses: { rule: string; clause: string; grade: Grade; zh: string; en: string }[]
}

const still = { staleTime: 300_000 }

export function useCodes(q: string) {
  return useQuery({ queryKey: ['norms', 'codes', q], queryFn: ({ signal }) => api.get<{ items: CodeItem[] }>('/api/norms/codes', { query: { q, size: 60 }, signal }), ...still })
}

export function useCode(code: string) {
  return useQuery({ queryKey: ['norms', 'code', code], queryFn: ({ signal }) => api.get<CodeItem & { measures: MeasureItem[] }>(`/api/norms/codes/${code}`, { signal }), enabled: code !== '', ...still })
}

export function useDivisions(q: string, under?: string, enabled = true) {
  return useQuery({ queryKey: ['norms', 'divisions', q, under], queryFn: ({ signal }) => api.get<{ items: DivisionItem[] }>('/api/divisions', { query: { q, under, size: 40 }, signal }), enabled, ...still })
}

export function useGrading(request: { code: string; figures: Record<string, number | null>; attributes: Record<string, unknown> } | null) {
  return useQuery({
    queryKey: ['norms', 'grading', request],
    queryFn: () => api.post<Grading>('/api/norms/grade', request),
    enabled: request !== null && request.code !== '',
    ...still,
  })
}
