import { useQuery } from '@tanstack/react-query'
import { api } from '#core/ui/web/api.ts'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import type { IncidentMap } from './situationApi.ts'

/** Has the shell say that the map shows an exercise, or one beside what is real. */
export function ShownModes() {
  const [actual, exercise, test] = [useAny('actual'), useAny('exercise'), useAny('test')]
  useTellMode(exercise ? 'exercise' : test ? 'test' : undefined, actual)
  return null
}

function useAny(mode: string): boolean {
  const { data } = useQuery({ queryKey: ['incident', 'situation', 'any', mode], queryFn: ({ signal }) => api.get<IncidentMap>('/api/situation/incidents', { query: { mode, limit: 1 }, signal }) })
  return (data?.features.length ?? 0) > 0
}
