import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { StationConfig } from '#apps/station/config.ts'
import { language, OperatorFault, say } from './language.ts'

/** The API of the station whose data folder this is, signed in as its operator chose. */
export interface RunningStation {
  url: string
  get<Answer>(path: string): Promise<Answer>
  post<Answer>(path: string, body?: unknown): Promise<Answer>
}

export interface Health { ok: boolean; station: string; level: string; name: string; mode: string; version: string }

const timeoutMs = 15_000

/** Where this machine reaches the station: one that listens everywhere is asked on loopback. */
export function urlOf(config: StationConfig): string {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`
}

/** What a station at a place says of itself, or null when none answers there. */
export async function healthAt(url: string): Promise<Health | null> {
  return fetch(`${url}/api/health`, { signal: AbortSignal.timeout(timeoutMs) }).then((answer) => answer.json() as Promise<Health>, () => null)
}

/**
 * Signs in at the running station: with `FENGSUI_TOKEN`, or `FENGSUI_ACCOUNT` and `FENGSUI_PASSWORD`, or what is typed
 * at a terminal. Undefined when the station does not run.
 */
export async function runningStation(config: StationConfig): Promise<RunningStation | undefined> {
  const url = urlOf(config)
  const health = await healthAt(url)
  if (!health) return undefined
  if (health.station !== config.address) throw new OperatorFault(`${url} 上运行的是 ${health.station}，不是 ${config.address}`, `The station at ${url} is ${health.station}, not ${config.address}`)
  const token = process.env.FENGSUI_TOKEN ?? (await signIn(url, await credentials(config)))
  const call = <Answer>(method: string, path: string, body?: unknown) => request<Answer>(url, method, path, { authorization: `Bearer ${token}` }, body)
  return { url, get: (path) => call('GET', path), post: (path, body) => call('POST', path, body ?? {}) }
}

async function credentials(config: StationConfig): Promise<{ account: string; password: string }> {
  const { FENGSUI_ACCOUNT: account, FENGSUI_PASSWORD: password } = process.env
  if (account && password) return { account, password }
  if (config.mode !== 'production') return { account: 'admin', password: 'demo' }
  if (!process.stdin.isTTY) throw new OperatorFault('请设置 FENGSUI_TOKEN，或 FENGSUI_ACCOUNT 和 FENGSUI_PASSWORD', 'Set FENGSUI_TOKEN, or FENGSUI_ACCOUNT and FENGSUI_PASSWORD')
  let silent = false
  const output = new Writable({ write: (chunk, _encoding, done) => { if (!silent) process.stderr.write(chunk as Buffer); done() } })
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  try {
    const typed = await terminal.question(say('系统管理员账号：', 'System administrator’s account: '))
    process.stderr.write(say('密码：', 'Password: '))
    silent = true
    const secret = await terminal.question('')
    process.stderr.write('\n')
    return { account: typed.trim(), password: secret }
  } finally {
    terminal.close()
  }
}

async function signIn(url: string, who: { account: string; password: string }): Promise<string> {
  const { token } = await request<{ token: string }>(url, 'POST', '/api/session', {}, who)
  return token
}

async function request<Answer>(url: string, method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, 'accept-language': language, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer as Answer
  const { detail, code } = (answer ?? {}) as { detail?: string; code?: string }
  const words = `${method} ${path} → ${response.status} ${detail ?? code ?? ''}`
  throw new OperatorFault(words, words)
}
