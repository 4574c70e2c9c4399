import { createContext, useContext } from 'react'
import { holds, type Person, type Role } from '#core/http/roles.ts'

/** The station this browser is at, as `GET /api/station` tells it. */
export interface StationFace {
  address: string
  name: string
  level: 'region' | 'prefecture' | 'county' | 'scene'
  mode: 'demo' | 'test' | 'production'
  version: string
}

export interface Session {
  person: Person
  station: StationFace
}

/** Filled by the shell once someone is signed in; every screen below may rely on it. */
export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside the signed-in shell')
  return session
}

export function holdsAny(person: Person, roles: readonly Role[] | undefined): boolean {
  return roles === undefined || holds(person, roles)
}
