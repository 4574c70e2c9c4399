/** A client that outlives the stations it talks to: it asks again until it is answered. */
export interface StubbornClient {
  readonly station: string
  /** Asks until answered; `undefined` for 404. */
  get<Answer>(path: string): Promise<Answer | undefined>
  /**
   * Posts once. `acknowledged` is a 2xx; `refused` a 4xx with its code; `unknown` when the connection broke before an
   * answer: the station may or may not have done it.
   */
  post<Answer>(path: string, body: unknown, headers?: Record<string, string>): Promise<Outcome<Answer>>
}

export type Outcome<Answer> =
  | { kind: 'acknowledged'; answer: Answer }
  | { kind: 'refused'; status: number; code: string; detail: string }
  | { kind: 'unknown' }

const againMs = 40
const timeoutMs = 30_000

/** Signs in as soon as the station answers. Answers of 500 and above are told to `onFault`: a station must never give one. */
export async function stubbornClient(station: string, url: string, account: string, onFault: (words: string) => void): Promise<StubbornClient> {
  let token = ''

  async function once(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; answer: unknown } | undefined> {
    try {
      const response = await fetch(`${url}${path}`, {
        method, signal: AbortSignal.timeout(timeoutMs), body: body === undefined ? undefined : JSON.stringify(body),
        headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      })
      const text = await response.text()
      if (response.status >= 500) onFault(`${station} ${method} ${path} → ${response.status} ${text.slice(0, 300)}`)
      return { status: response.status, answer: text === '' ? null : JSON.parse(text) as unknown }
    } catch {
      // Refused, reset, cut off in the middle of a body: no answer.
      return undefined
    }
  }

  async function insist(method: string, path: string, body?: unknown): Promise<{ status: number; answer: unknown }> {
    for (;;) {
      const found = await once(method, path, body)
      if (found && found.status < 500) return found
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }

  const session = await insist('POST', '/api/session', { account, password: 'demo' })
  if (session.status !== 200) throw new Error(`${station}: cannot sign in as ${account}: ${JSON.stringify(session.answer)}`)
  token = (session.answer as { token: string }).token

  return {
    station,
    get: async <Answer>(path: string) => {
      const { status, answer } = await insist('GET', path)
      if (status === 404) return undefined
      if (status !== 200) throw new Error(`${station} GET ${path} → ${status} ${JSON.stringify(answer)}`)
      return answer as Answer
    },
    post: async <Answer>(path: string, body: unknown, headers?: Record<string, string>): Promise<Outcome<Answer>> => {
      const found = await once('POST', path, body, headers)
      if (!found || found.status >= 500) {
        await new Promise((resolve) => setTimeout(resolve, againMs))
        return { kind: 'unknown' }
      }
      if (found.status < 300) return { kind: 'acknowledged', answer: found.answer as Answer }
      const { code, detail } = (found.answer ?? {}) as { code?: string; detail?: string }
      return { kind: 'refused', status: found.status, code: code ?? '', detail: detail ?? '' }
    },
  }
}
