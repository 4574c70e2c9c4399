import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '#core/http/server/app.ts'
import { createApp } from '#core/http/server/createApp.ts'
import type { TileSource } from '#core/geo/server/tileSource.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import type { Station } from '#core/station/server/module.ts'
import { situationAccess } from '../situation.access.ts'
import { importedTables } from './importedLayers.ts'
import { incidentPoints } from './incidentPoints.ts'
import { situationRoutes } from './situation.routes.ts'
import { tileRoutes } from './tile.routes.ts'

const archive: TileSource = {
  minzoom: 0, maxzoom: 14, bounds: [73, 34, 97, 50], attribution: '某省测绘 审图号', layers: ['water', 'transportation', 'place'],
  version: async () => 'v1', tile: async () => ({ bytes: new Uint8Array([26, 0]), gzip: false }),
}
const headers = { authorization: 'Bearer duty' }

let folder: string
let database: Database
let app: App
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fengsui-situation-'))
  database = openDatabase(join(folder, 'station.db'))
  await migrate(database, [incidentPoints.migration, ...importedTables], 1)
  app = await createApp({
    self: '65', mode: 'production', version: '0', access: situationAccess, limits: { perMinute: 5 }, trustProxy: 'loopback',
    personOf: async (token) => ({ id: token, account: token, name: token, roles: ['duty'] }),
  })
  const station = { self: '65', database } as Station
  const baseMap = { current: async () => ({ source: archive, imported: true }), close: async () => undefined }
  tileRoutes(app, station, baseMap)
  situationRoutes(app, station, baseMap)
  await app.ready()
})
afterAll(async () => {
  await app?.close()
  await database?.close()
  await rm(folder, { recursive: true, force: true })
})

test('behind a proxy the style gives the address the browser knows; an imported archive is drawn by what its layers are', async () => {
  const answer = await app.inject({ url: '/style/light.json', headers: { ...headers, host: '10.0.0.5:7001', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'map.example' } })
  const style = answer.json<{ metadata: object; sources: { base: { tiles: string[]; bounds: number[]; maxzoom: number } }; layers: { id: string; 'source-layer'?: string }[] }>()
  expect(style.sources.base).toMatchObject({ tiles: ['https://map.example/tiles/base/{z}/{x}/{y}.mvt?v=v1'], bounds: [73, 34, 97, 50], maxzoom: 14 })
  expect(style.metadata).toEqual({ 'fengsui:schematic': false })
  expect(new Set(style.layers.map((layer) => layer['source-layer']).filter(Boolean))).toEqual(new Set(archive.layers))
  expect(answer.payload).not.toContain('示意')
})

test('looking around uses up none of the requests that work needs', async () => {
  for (let i = 0; i < 12; i++) {
    expect((await app.inject({ url: '/tiles/base/3/1/1.mvt', headers })).statusCode).toBe(200)
    expect((await app.inject({ url: '/tiles/incidents/3/1/1.mvt', headers })).statusCode).toBe(204)
  }
  const statuses = []
  for (let i = 0; i < 6; i++) statuses.push((await app.inject({ url: '/api/situation/incidents', headers })).statusCode)
  expect(statuses.slice(0, 3)).toEqual([200, 200, 200])
  expect(statuses.at(-1)).toBe(429)
})
