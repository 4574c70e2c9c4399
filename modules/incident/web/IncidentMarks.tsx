import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from '#core/ui/web/api.ts'
import { Mark, type Tone } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { Grade } from '#modules/norms/index.ts'
import type { IncidentItem } from '../incident.api.ts'
import { incidentTexts } from './incidentTexts.ts'

const gradeTones: Record<Grade, Tone> = { I: 'alarm', II: 'warn', III: 'notice', IV: 'blue' }
const statusTones: Record<IncidentItem['status'], Tone> = { draft: 'plain', open: 'blue', merged: 'plain', closed: 'good' }

export function GradeMark({ grade }: { grade: Grade | null }) {
  const say = useText(incidentTexts)
  return grade ? <Mark tone={gradeTones[grade]} solid>{say(`grade.${grade}`)}</Mark> : <Mark>{say('grade.none')}</Mark>
}

export function IncidentStatus({ status }: { status: IncidentItem['status'] }) {
  const say = useText(incidentTexts)
  return <Mark tone={statusTones[status]}>{say(`status.${status}`)}</Mark>
}

/** Exercise and test say so; the real thing needs no mark. */
export function ModeMark({ mode }: { mode: IncidentItem['mode'] }) {
  const say = useText(incidentTexts)
  return mode === 'actual' ? null : <Mark tone="warn" solid>{say(`mode.${mode}`)}</Mark>
}

export interface StationItem {
  address: string
  name: string
}

export function useStations() {
  return useQuery({ queryKey: ['station', 'all'], queryFn: ({ signal }) => api.get<{ items: StationItem[] }>('/api/stations', { query: { size: 200 }, signal }), staleTime: 60_000 })
}

export function useStationName(): (address: string) => string {
  const stations = useStations()
  return useCallback((address) => stations.data?.items.find((s) => s.address === address)?.name ?? address, [stations.data])
}

/** 阿克苏地区 乌什县 for a code; the code until it is read. */
export function DivisionName({ code }: { code: string }) {
  const found = useQuery({ queryKey: ['norms', 'divisions', code, undefined], queryFn: ({ signal }) => api.get<{ items: { code: string; name: string; path: string }[] }>('/api/divisions', { query: { q: code, size: 40 }, signal }), staleTime: 300_000 })
  return <>{found.data?.items.find((d) => d.code === code)?.name ?? code}</>
}
