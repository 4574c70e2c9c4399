import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { demoStations, portOf, type DemoStation } from './stations.ts'

const pages: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/wall.css': { file: 'wall.css', type: 'text/css; charset=utf-8' },
  '/wall.js': { file: 'wall.js', type: 'text/javascript; charset=utf-8' },
}
const accounts = ['duty', 'leader', 'admin', 'security', 'audit']
const askTimeoutMs = 3000

/** The demo's front page: what each station says of itself, their consoles side by side, sign-in with one click. */
export function startWall(basePort: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, basePort).catch((fault: unknown) => {
      if (!response.headersSent) send(response, 502, 'text/plain; charset=utf-8', `${fault instanceof Error ? fault.message : String(fault)}\n`)
      else response.end()
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(basePort, '127.0.0.1', () => resolve(server))
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, basePort: number): Promise<void> {
  // A name that is not this machine's own is a web page elsewhere pointing its visitor's browser at us.
  if (!isLoopback(request.headers.host)) return send(response, 421, 'text/plain; charset=utf-8', 'this wall answers on loopback only\n')
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const page = pages[url.pathname]
  if (request.method === 'GET' && page) return send(response, 200, page.type, await readFile(fileURLToPath(new URL(`wall/${page.file}`, import.meta.url))))
  if (request.method === 'GET' && url.pathname === '/api/wall') return send(response, 200, 'application/json', JSON.stringify(await look(basePort)))
  if (request.method === 'POST' && url.pathname === '/sign-in' && isOwnPage(request)) return signIn(url, request, response, basePort)
  send(response, 404, 'text/plain; charset=utf-8', 'nothing here\n')
}

/** Each station's own word on its health; null when it does not answer. */
async function look(basePort: number): Promise<unknown> {
  const items = await Promise.all(demoStations.map(async (station) => {
    const port = portOf(station, basePort)
    const health = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(askTimeoutMs) })
      .then((answer) => answer.json(), () => null)
    return { ...station, port, health }
  }))
  return { items, accounts }
}

/**
 * Signs a demo account in at a station and hands the station's cookie to the browser: cookies do not tell the ports
 * of one host apart, so what this page sets, the station on its own port receives.
 */
async function signIn(url: URL, request: IncomingMessage, response: ServerResponse, basePort: number): Promise<void> {
  const station = demoStations.find((s: DemoStation) => s.key === url.searchParams.get('station'))
  const account = url.searchParams.get('account') ?? ''
  if (!station || !accounts.includes(account)) return send(response, 400, 'text/plain; charset=utf-8', 'unknown station or account\n')
  const port = portOf(station, basePort)
  const answer = await fetch(`http://127.0.0.1:${port}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, password: 'demo' }),
    signal: AbortSignal.timeout(askTimeoutMs),
  })
  if (!answer.ok) return send(response, 502, 'text/plain; charset=utf-8', `${station.name}: ${answer.status} ${await answer.text()}\n`)
  const host = new URL(`http://${request.headers.host}`).hostname
  response.writeHead(200, { 'set-cookie': answer.headers.getSetCookie(), 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ url: `http://${host}:${port}/` }))
}

function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '')
}

/** Only this page's own script may sign in: another site's form would carry another origin. */
function isOwnPage(request: IncomingMessage): boolean {
  return request.headers.origin === `http://${request.headers.host}`
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': `default-src 'self'; img-src 'self' data:; frame-src http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  })
  response.end(body)
}
