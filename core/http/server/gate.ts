import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { holds, type Person, type Role } from '../roles.ts'
import { HttpProblem } from './problem.ts'
import type { SparseLog } from './sparseLog.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Who holds a token, for what does not pass the gate: sockets. */
    personOf: PersonOf
    /** Whether a person has a permission, for a route whose answer depends on what it finds. */
    may: (person: Person, permission: string) => boolean
    /** The same, as the gate says no. */
    demand: (person: Person, permission: string) => void
    /** Told whenever a person's sessions, tokens or roles have changed: what was opened with them is looked at again. */
    rightsChanged: (person: string) => void
    onRightsChange: (listener: (person: string) => void) => void
    /** Into the log, each kind once a minute. */
    warnSparsely: SparseLog
  }
}

/** Roles by permission: all modules' `access` in one record. */
export type Access = Record<string, readonly Role[]>

/** Who holds this token (session or API token), or undefined. Given by the module that keeps people. */
export type PersonOf = (token: string) => Promise<Person | undefined>

export interface Credential {
  token: string
  /** A cookie is sent by the browser unasked, so it needs the same-origin check. */
  by: 'cookie' | 'bearer'
}

/**
 * The session cookie of one station. Cookies do not keep ports apart, so stations that share a host need names apart:
 * `65/@flood` → `fengsui.65._flood`.
 */
export function cookieNameOf(address: string): string {
  return `fengsui.${address.replaceAll('/', '.').replaceAll('@', '_')}`
}

const maxTokenLength = 200

/** The token a request carries, if any. Bearer wins over cookie. */
export function credentialOf(request: IncomingMessage, cookieName: string): Credential | undefined {
  const [scheme, bearer] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme?.toLowerCase() === 'bearer' && bearer) return bearer.length <= maxTokenLength ? { token: bearer, by: 'bearer' } : undefined
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim()).find((p) => p.startsWith('bearer.'))
  if (offered) return offered.length <= maxTokenLength ? { token: offered.slice('bearer.'.length), by: 'bearer' } : undefined
  const cookie = (request.headers.cookie ?? '').split(';').map((p) => p.trim()).find((p) => p.startsWith(`${cookieName}=`))
  const token = cookie?.slice(cookieName.length + 1)
  return token && token.length <= maxTokenLength ? { token, by: 'cookie' } : undefined
}

/** Whether a browser says that this request comes from our own pages. False when it says nothing at all. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const origin = request.headers.origin
  if (origin === undefined) return site === 'same-origin'
  try {
    return new URL(origin).host === request.headers.host
  } catch {
    return false
  }
}

/** Whether a browser says that this request comes from some other site's page. */
function isForeign(request: IncomingMessage): boolean {
  const saysSomething = request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined
  return saysSomething && !isSameOrigin(request)
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const csrf = () => new HttpProblem(403, 'csrf.refused', '请求不是从本站页面发出的，已拒绝', 'The request did not come from this station’s own pages and was refused')

/** The declared step before every handler: who is it, is it from our pages, may they. */
export function gate(personOf: PersonOf, access: Access, cookieName: string) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { permission } = request.routeOptions.config
    const unsafe = !safeMethods.has(request.method)
    if (request.is404 || !permission) {
      if (unsafe && isForeign(request.raw)) throw csrf()
      return
    }
    const credential = credentialOf(request.raw, cookieName)
    const person = credential && (await personOf(credential.token))
    if (!credential || !person) throw new HttpProblem(401, 'session.required', '请先登录', 'Please sign in first')
    if (unsafe && credential.by === 'cookie' && !isSameOrigin(request.raw)) throw csrf()
    demand(person, permission, access)
    request.person = person
  }
}

/** Throws 403 naming the permission and the roles that have it. */
export function demand(person: Person, permission: string, access: Access): void {
  const allowed = access[permission] ?? []
  if (holds(person, allowed)) return
  throw new HttpProblem(403, 'permission.refused', `缺少权限 ${permission}，需要角色：${allowed.join('、') || '无'}`, `Missing permission ${permission}; it belongs to: ${allowed.join(', ') || 'nobody'}`)
}
