/** A problem answer as the API gives it, thrown by {@link Client} so that a test can look at it. */
export class Problem extends Error {
  readonly status: number
  readonly body: { code: string; detail: string; errors?: { field: string; message: string }[] }
  constructor(status: number, body: Problem['body']) {
    super(`${status} ${body.code}: ${body.detail} ${JSON.stringify(body.errors ?? [])}`)
    this.status = status
    this.body = body
  }
}

/** One signed-in caller of one station's public HTTP API. */
export interface Client {
  readonly token: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
}

export async function client(url: string, account: string, password = 'demo'): Promise<Client> {
  let token = ''
  async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const value: unknown = text ? JSON.parse(text) : undefined
    if (!response.ok) throw new Problem(response.status, value as Problem['body'])
    return value as T
  }
  token = (await call<{ token: string }>('POST', '/api/session', { account, password })).token
  return {
    token,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body ?? {}, headers),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
  }
}

/** Looks again until `check` gives something; fails naming `what` after `within` ms. */
export async function until<T>(what: string, check: () => Promise<T | false | undefined | null>, within = 30_000): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    const found = await check()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((done) => { setTimeout(done, 10) })
  }
}
