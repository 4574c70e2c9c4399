import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Actor } from '#core/ledger/index.ts'
import type { Person } from '../roles.ts'

/** The Fastify instance every module's routes are declared on: Zod schemas give validation, type and OpenAPI at once. */
export type App = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `module.verb` that the caller must be allowed; every route declares this or `public`. */
    permission?: string
    /** No sign-in needed. */
    public?: boolean
  }
  interface FastifyRequest {
    /** Set before any handler of a route that is not public. */
    person: Person
  }
}

/** The actor of a fact: the signed-in person, by local id and display name. */
export function actorOf(request: FastifyRequest): Actor {
  return { id: request.person.id, name: request.person.name }
}
