import type { App } from '#core/http/server/app.ts'
import { valueFor, type JsonSchema } from './jsonSchema.ts'
import { nastyBodies, nastyTexts, pick, randomFrom } from './nastyValues.ts'

export interface RouteFuzz {
  seed: number
  requests: number
  /** Signs in again when a session was ended by a fuzzed request. */
  tokenOf(account: string): Promise<string>
  accounts: readonly string[]
  /** What may stand in paths and fields besides nonsense: ids and addresses that exist. */
  known: string[]
  /** Operations left alone, such as `POST /api/links/{peer}/cut`. */
  spare?: readonly string[]
}

export interface RouteFault {
  request: string
  what: string
}

interface Operation {
  method: string
  path: string
  body?: JsonSchema
  query: { name: string; schema: JsonSchema }[]
}

const slowMs = 5_000
const contentTypes = ['application/json', 'application/json', 'application/json', 'application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'x', ';;', 'application/octet-stream']
const idPattern = /"(?:id|sha256|incidentId|token)":"([^"]{1,100})"/g

/** Throws requests, from almost right to senseless, at every declared route; returns what was a 500, a hang, or a *no* that is not a problem. */
export async function fuzzRoutes(app: App, options: RouteFuzz): Promise<{ faults: RouteFault[]; statuses: Record<number, number>; operations: number }> {
  const random = randomFrom(options.seed)
  const document = (await app.inject({ url: '/api/openapi.json' })).json<{ components?: { schemas?: Record<string, JsonSchema> }; paths: Record<string, Record<string, never>> }>()
  const resolve = (ref: string): JsonSchema => document.components?.schemas?.[ref.split('/').at(-1) ?? ''] ?? {}
  const operations = operationsOf(document.paths).filter((o) => !options.spare?.includes(`${o.method} ${o.path}`))
  const faults: RouteFault[] = []
  const statuses: Record<number, number> = {}
  const known = [...options.known]
  const tokens = new Map<string, string>()
  /** Most requests should pass the gate, so accounts that an operation refuses are seldom tried again. */
  const refusedBy = new Map<Operation, Set<string>>()

  for (let n = 0; n < options.requests; n++) {
    const operation = operations[n % operations.length]!
    const spoil = pick(random, [0, 0.02, 0.1, 0.4])
    const refused = refusedBy.get(operation) ?? new Set<string>()
    const willing = options.accounts.filter((name) => !refused.has(name))
    const account = pick(random, willing.length > 0 && random() < 0.9 ? willing : options.accounts)
    let token = tokens.get(account)
    if (!token) tokens.set(account, token = await options.tokenOf(account))
    const text = () => (random() < 0.6 && known.length > 0 ? pick(random, known) : pick(random, nastyTexts))
    const path = operation.path.replace(/\{[^}]+\}/g, () => pathPart(text(), random))
    const query = operation.query.filter(() => random() < 0.4).map(({ name, schema }) => [name, random() < 0.5 ? String(valueFor(schema, random, spoil, known, resolve)) : text()] as const)
    if (random() < 0.1) query.push([pick(random, nastyTexts), text()])
    const url = `${path}${query.length > 0 ? `?${query.map(([k, v]) => `${pathPart(k, random)}=${pathPart(v, random)}`).join('&')}` : ''}`
    const hasBody = operation.method !== 'GET' && random() < 0.95
    const payload = !hasBody ? undefined : random() < 0.15 ? pick(random, nastyBodies) : JSON.stringify(valueFor(operation.body ?? {}, random, spoil, known, resolve))
    const headers: Record<string, string> = {
      ...(random() < 0.95 ? { authorization: `Bearer ${token}` } : { authorization: pick(random, ['Bearer', 'Bearer x', 'Basic eA==', `Bearer ${'x'.repeat(1_000)}`]) }),
      ...(hasBody ? { 'content-type': random() < 0.9 ? 'application/json' : pick(random, contentTypes) } : {}),
      ...(random() < 0.1 ? { 'accept-language': pick(random, ['en', 'zh;q=x', ',,,;;;', 'q'.repeat(500)]) } : {}),
      ...(random() < 0.05 ? { range: pick(random, ['bytes=0-', 'bytes=-', 'bytes=9-1', 'lines=1']) } : {}),
    }
    const method = random() < 0.02 ? pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const) : operation.method
    const named = `${method} ${url.slice(0, 300)} ${String(payload ?? '').slice(0, 300)}`
    const started = performance.now()
    const answer = await app.inject({ method: method as 'GET', url, headers, ...(payload === undefined ? {} : { payload }) }).catch((error: unknown) => ({ error }))
    if ('error' in answer) {
      // The test's own client refuses some header and address bytes that no socket would carry.
      statuses[0] = (statuses[0] ?? 0) + 1
      continue
    }
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
    const took = performance.now() - started
    if (took > slowMs) faults.push({ request: named, what: `took ${Math.round(took)} ms` })
    if (answer.statusCode >= 500) faults.push({ request: named, what: `${answer.statusCode} ${answer.body.slice(0, 300)}` })
    else if (answer.statusCode >= 400 && method !== 'HEAD') {
      const flaw = problemFlaw(String(answer.headers['content-type']), answer.body)
      if (flaw) faults.push({ request: named, what: `${answer.statusCode} ${flaw}` })
    }
    if (answer.statusCode === 403) refusedBy.set(operation, refused.add(account))
    if (answer.statusCode === 401 && headers.authorization === `Bearer ${token}`) tokens.delete(account)
    if (answer.statusCode < 300 && known.length < 300) for (const [, id] of answer.body.matchAll(idPattern)) if (id && known.length < 300) known.push(id)
  }
  return { faults, statuses, operations: operations.length }
}

/** A refusal says in a stable code and a sentence what is wrong, and a 400 on fields names them. */
function problemFlaw(contentType: string, body: string): string | null {
  if (!contentType.startsWith('application/problem+json')) return `is ${contentType}, not a problem: ${body.slice(0, 200)}`
  const problem = JSON.parse(body) as { code?: string; detail?: string; errors?: { field?: string; message?: string }[] }
  if (!problem.code || !problem.detail) return `has no code or detail: ${body.slice(0, 200)}`
  if (problem.code === 'request.invalid' && !problem.errors?.length) return 'names no field'
  return problem.errors?.every((e) => e.field && e.message) ? null : 'has a field without a mend'
}

function operationsOf(paths: Record<string, Record<string, never>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods as Record<string, {
    requestBody?: { content?: Record<string, { schema?: JsonSchema }> }
    parameters?: { in: string; name: string; schema: JsonSchema }[]
  }>).map(([method, operation]) => ({
    method: method.toUpperCase(), path,
    body: operation.requestBody?.content?.['application/json']?.schema,
    query: (operation.parameters ?? []).filter((p) => p.in === 'query'),
  })))
}

/** Encoded as it should be, or now and then not. */
function pathPart(text: string, random: () => number): string {
  if (random() < 0.05) return text.replace(/[\s#?\0-\x1f]/g, '')
  return encodeURIComponent(text.toWellFormed())
}
