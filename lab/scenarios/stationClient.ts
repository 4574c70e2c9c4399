/** One account at one station, speaking only the public HTTP API. */
export interface StationClient {
  readonly url: string
  /** The station's own address, from `GET /api/health`. */
  readonly station: string
  readonly name: string
  readonly account: string
  get<Answer>(path: string): Promise<Answer>
  post<Answer>(path: string, body?: unknown): Promise<Answer>
}

export interface Health { ok: boolean; station: string; level: string; name: string; mode: string; version: string }

/** What a station answered when it did not do what was asked: its own words. */
export class ApiFault extends Error {
  readonly status: number
  readonly code: string

  constructor(request: string, status: number, code: string, detail: string) {
    super(`${request} → ${status} ${code}: ${detail}`)
    this.name = 'ApiFault'
    this.status = status
    this.code = code
  }
}

const timeoutMs = 30_000

/** Signs in and stays signed in by the bearer token. */
export async function signIn(url: string, account: string, password: string): Promise<StationClient> {
  const health = await call<Health>(url, 'GET', '/api/health')
  const { token } = await call<{ token: string }>(url, 'POST', '/api/session', { account, password })
  return {
    url, account,
    station: health.station,
    name: health.name,
    get: (path) => call(url, 'GET', path, undefined, token),
    post: (path, body) => call(url, 'POST', path, body ?? {}, token),
  }
}

async function call<Answer>(url: string, method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const request = `${method} ${url}${path}`
  const headers: Record<string, string> = { 'accept': 'application/json', 'accept-language': 'zh' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (token) headers.authorization = `Bearer ${token}`
  const response = await fetch(`${url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) })
    .catch((fault: unknown) => { throw new ApiFault(request, 0, 'no-answer', String(fault instanceof Error ? fault.cause ?? fault : fault)) })
  const text = await response.text()
  const answer: unknown = text === '' ? null : JSON.parse(text)
  if (response.ok) return answer as Answer
  const problem = (answer ?? {}) as { code?: string; detail?: string; errors?: { field: string; message: string }[] }
  const fields = (problem.errors ?? []).map((e) => `${e.field}: ${e.message}`).join('; ')
  throw new ApiFault(request, response.status, problem.code ?? 'unknown', [problem.detail, fields].filter(Boolean).join(' — '))
}
