/** RFC 9457 problem+json as `core/http` writes it: the language is already the reader's. */
export interface Problem {
  status: number
  code: string
  title: string
  detail: string
  errors: { field: string; message: string }[]
}

/** What the screen says when the answer carries no problem of its own: the key of a text in `ui.zh.ts`. */
export type PlainFault = 'fault.offline' | 'fault.signIn' | 'fault.forbidden' | 'fault.notFound' | 'fault.tooLarge' | 'fault.tooMany' | 'fault.server' | 'fault.unknown'

/** Reads any answer body into a Problem; what is missing stays empty so the caller can say it in plain words. */
export function readProblem(status: number, body: unknown): Problem {
  const record = isRecord(body) ? body : {}
  const text = (key: string) => (typeof record[key] === 'string' ? record[key] : '')
  const errors = Array.isArray(record.errors) ? record.errors : []
  return {
    status,
    code: text('code'),
    title: text('title'),
    detail: text('detail'),
    errors: errors.filter(isRecord).map((e) => ({ field: readField(e.field), message: typeof e.message === 'string' ? e.message : '' })).filter((e) => e.message !== ''),
  }
}

export function plainFault(status: number): PlainFault {
  if (status === 0) return 'fault.offline'
  if (status === 401) return 'fault.signIn'
  if (status === 403) return 'fault.forbidden'
  if (status === 404) return 'fault.notFound'
  if (status === 413) return 'fault.tooLarge'
  if (status === 429) return 'fault.tooMany'
  return status >= 500 ? 'fault.server' : 'fault.unknown'
}

/** Only reads may be repeated, and only when the server did not answer or was briefly unable to. */
export function mayRetry(status: number, failures: number): boolean {
  return failures < 2 && (status === 0 || status === 502 || status === 503 || status === 504)
}

/** Splits faults into those that have a field on this form and those to be said above it. `place.division` also lands on a field named `place`. */
export function faultsByField(problem: Problem, fields: readonly string[]): { byField: Record<string, string[]>; rest: string[] } {
  const byField: Record<string, string[]> = {}
  const rest: string[] = []
  for (const { field, message } of problem.errors) {
    const home = fields.find((f) => f === field) ?? fields.find((f) => field.startsWith(`${f}.`) || f.startsWith(`${field}.`))
    if (home) (byField[home] ??= []).push(message)
    else rest.push(message)
  }
  return { byField, rest }
}

/** `/figures/deaths`, `body.figures.deaths` and `figures.deaths` are the same field. */
function readField(field: unknown): string {
  if (typeof field !== 'string') return ''
  return field.replace(/^\//, '').replaceAll('/', '.').replace(/^(body|query|querystring|params)\./, '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
