import { existsSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { readStationConfig, stationPaths, writeStationConfig } from '#apps/station/config.ts'
import { init } from '#apps/cli/init.ts'
import { join } from '#apps/cli/join.ts'
import { portOf, demoStations, type DemoStation } from './stations.ts'

const silent = () => undefined

/**
 * Makes a demo station on first run, as its operators would: the region founds the tree, every other joins with a
 * one-time token of its running parent. Later runs only follow a changed base port.
 */
export async function provision(station: DemoStation, data: string, basePort: number): Promise<void> {
  const folder = folderOf(station, data)
  const port = portOf(station, basePort)
  const parent = demoStations.find((s) => s.key === station.parent)
  const parentUrl = parent && `http://127.0.0.1:${portOf(parent, basePort)}`
  if (isProvisioned(station, data)) {
    const config = await readStationConfig(folder)
    if (config.address !== station.address) throw new Error(`${folder} 中是 ${config.address} 的数据，不是 ${station.address}；请换一个 --data 目录 · holds the data of ${config.address}, not ${station.address}; choose another --data folder`)
    await writeStationConfig(folder, { ...config, port, parent: config.parent && { ...config.parent, url: parentUrl ?? config.parent.url } })
    return
  }
  const place = { data: folder, mode: 'demo', host: '127.0.0.1', port } as const
  if (!parentUrl) return init({ ...place, address: station.address, name: station.name, kind: station.kind }, silent)
  await join(await tokenFrom(parentUrl, station), place, silent)
}

export function isProvisioned(station: DemoStation, data: string): boolean {
  return existsSync(stationPaths(folderOf(station, data)).config)
}

export function folderOf(station: DemoStation, data: string): string {
  return joinPath(data, station.key)
}

/** What the parent's system administrator does in the console: issue a one-time token. */
async function tokenFrom(parentUrl: string, { address, name, kind }: DemoStation): Promise<string> {
  const { token: session } = await post<{ token: string }>(`${parentUrl}/api/session`, { account: 'admin', password: 'demo' })
  const { token } = await post<{ token: string }>(`${parentUrl}/api/enrolment/tokens`, { address, name, kind, url: parentUrl }, session)
  return token
}

async function post<Answer>(url: string, body: unknown, session?: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(session ? { authorization: `Bearer ${session}` } : {}) },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} → ${response.status} ${text}`)
  return JSON.parse(text) as Answer
}
