import { plainText } from '#core/kernel/index.ts'
import { mayRetry, plainFault, readProblem, type Problem } from '../problem.ts'
import { reportConnection } from './connection.ts'
import { currentLanguage, sayNow } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

export type Query = Record<string, string | number | boolean | undefined | null | readonly string[]>

/** A request that was not done. `message` is fit for the screen; `problem.errors` name the fields. */
export class ApiFault extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail || problem.title || sayNow(uiTexts, plainFault(problem.status)))
    this.name = 'ApiFault'
    this.problem = problem
  }
}

/** The station's HTTP API with the session's cookie. Reads are repeated when the station did not answer; writes never are. */
export const api = {
  get: <T>(path: string, options: { query?: Query; signal?: AbortSignal } = {}) => read<T>(path + queryText(options.query), options.signal),
  post: <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}) => send<T>('POST', path, body, headers),
  put: <T>(path: string, body: unknown = {}) => send<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown = {}) => send<T>('PATCH', path, body),
  delete: <T>(path: string) => send<T>('DELETE', path, undefined),
}

/** `?a=1&b=x&b=y`; empty values are left out. */
export function queryText(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value as readonly string[] : [value]) params.append(name, String(one))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

export function isApiFault(error: unknown): error is ApiFault {
  return error instanceof ApiFault
}

async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await exchange<T>(path, { method: 'GET', signal })
    } catch (error) {
      if (!isApiFault(error) || !mayRetry(error.problem.status, failures)) throw error
      await new Promise((resolve) => { setTimeout(resolve, 300 * (failures + 1)) })
    }
  }
}

function send<T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  // What was pasted may hold characters that nobody sees and no schema takes.
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === 'string' ? plainText(value) : value))
  return exchange<T>(path, body === undefined ? { method } : { method, headers, body: text })
}

async function exchange<T>(path: string, init: { method: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal }): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin', headers: { accept: 'application/json', 'accept-language': currentLanguage(), ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers } })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    reportConnection('down')
    throw new ApiFault(readProblem(0, null))
  }
  reportConnection('up')
  const text = await response.text()
  const body = parse(text)
  if (!response.ok) throw new ApiFault(readProblem(response.status, body))
  return body as T
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
