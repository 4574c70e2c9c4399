import { MutationCache, QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query'
import { isApiFault } from './api.ts'
import { connectionState, onConnectionChange } from './connection.ts'

/**
 * Query keys begin with the kind of subject they show (`['report', …]`, `['incident', id]`); news about that kind
 * refetches them. What is not a subject begins with its route's name (`['links']`).
 */
export function makeQueryClient(): QueryClient {
  // A session that has ended shows the sign-in page, at the same address; drafts are kept by their own forms.
  const signedOut = (error: unknown) => {
    if (isApiFault(error) && error.problem.status === 401) client.setQueryData(['session'], null)
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: signedOut }),
    mutationCache: new MutationCache({ onError: signedOut }),
    defaultOptions: {
      // The API client repeats reads itself; `online` of the browser says nothing about a station on the local network.
      queries: { retry: false, staleTime: 5_000, networkMode: 'always', refetchOnWindowFocus: true },
      mutations: { networkMode: 'always' },
    },
  })
  onConnectionChange(() => {
    if (connectionState() === 'up') void client.invalidateQueries()
  })
  return client
}

/** The kinds of subject that a query's screen also depends on, beside its own: put in the query's `meta.also`. */
export function dependsOn(query: { queryKey: QueryKey; meta?: Record<string, unknown> }, kinds: ReadonlySet<string>): boolean {
  const also = query.meta?.also
  return kinds.has(String(query.queryKey[0])) || (Array.isArray(also) && also.some((kind) => kinds.has(String(kind))))
}
