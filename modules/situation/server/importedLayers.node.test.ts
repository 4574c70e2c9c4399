import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '#core/http/server/createApp.ts'
import type { App } from '#core/http/server/app.ts'
import { openSource } from '#core/geo/server/import/openSource.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { statement } from '#core/sql/server/statement.ts'
import type { Station } from '#core/station/server/module.ts'
import { startCluster, type OwnCluster } from '#lab/postgres/cluster.ts'
import type { LayerCard, LayerDetail } from '../imported.api.ts'
import { situationAccess } from '../situation.access.ts'
import { importedAccess, importedRoutes } from './importedRoutes.ts'
import { importedLayerSource, importedTables, importLayer, layerById, listLayers, removeLayer, StrictFault, sweepLayers, withImportedLayer, type ImportedTables } from './importedLayers.ts'

let folder: string
let cluster: OwnCluster
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fengsui-layers-'))
  cluster = await startCluster()
})
afterAll(async () => {
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

let count = 0
const now = 1_700_000_000_000
const points = (n: number, name = '点') => Array.from({ length: n }, (_, i) => ({ type: 'Feature', properties: { name: `${name}${i}` }, geometry: { type: 'Point', coordinates: [75 + (i % 200) / 10, 40 + Math.floor(i / 200) / 100] } }))
async function file(features: unknown[]): Promise<string> {
  const path = join(folder, `f${++count}.geojson`)
  await writeFile(path, JSON.stringify({ type: 'FeatureCollection', features }))
  return path
}

describe.each(['sqlite', 'postgres'] as const)('layers on %s', (dialect) => {
  let database: Database
  beforeEach(async () => {
    database = openDatabase(dialect === 'sqlite' ? join(folder, `d${++count}.db`) : await cluster.url(`layers_${++count}`))
    await migrate(database, importedTables, now)
  })
  afterEach(() => database.close())

  const bring = async (path: string, more: Partial<Parameters<typeof importLayer>[2]> = {}) => {
    const source = await openSource(path)
    try {
      return await importLayer(database, source, { id: 'hospitals', role: 'overlay', title: '医院', sha256: 'a'.repeat(64), file: 'f.geojson', signal: new AbortController().signal, now: () => now, ...more })
    } finally {
      await source.close()
    }
  }
  /** Tables of features and rows of imports that are there, whoever they belong to. */
  const left = async () => {
    const runs = await database.read.withTables<ImportedTables>().selectFrom('imported_layer').select(['run', 'state']).execute()
    const tables = dialect === 'sqlite'
      ? await statement<{ name: string }>(database.read, `select name from sqlite_master where type = 'table' and name like 'layer_%' and sql not like '%virtual%' and name not like '%tree%'`)
      : await statement<{ name: string }>(database.read, `select tablename as name from pg_tables where tablename like 'layer_%'`, [], dialect)
    return { states: runs.map((r) => r.state), tables: tables.length }
  }

  test('an import is a layer with its features and its report', async () => {
    const { layer, replaced } = await bring(await file([...points(4500), { type: 'Feature', properties: {}, geometry: null }]))
    expect(replaced).toBe(false)
    expect(layer).toMatchObject({ id: 'hospitals', title: '医院', kind: 'point', count: 4500, importedAt: now, crs: expect.stringContaining('4326') })
    expect(layer.report).toMatchObject({ read: 4501, skipped: 1, faults: { 'empty-geometry': 1 } })
    const source = await importedLayerSource(database.read, 'hospitals')
    expect(await source?.table.count(database.read)).toBe(4500)
    expect((await source?.table.inBox(database.read, [75, 40, 75.05, 40.005], { limit: 10 }))?.map((row) => row.properties.name)).toEqual(['点0'])
    expect(await listLayers(database.read)).toHaveLength(1)
    expect(await importedLayerSource(database.read, 'schools')).toBeNull()
  })

  test('the same id again replaces it whole; the old table goes', async () => {
    await bring(await file(points(10, '旧')))
    const { replaced } = await bring(await file(points(3, '新')), { title: '医院二' })
    expect(replaced).toBe(true)
    expect((await layerById(database.read, 'hospitals'))).toMatchObject({ title: '医院二', count: 3 })
    expect(await left()).toEqual({ states: ['live'], tables: 1 })
  })

  test('cancelled in the middle, refused, strict: the old layer is untouched and nothing half done stays', async () => {
    await bring(await file(points(10, '旧')))
    const controller = new AbortController()
    const stop = new Error('stopped')
    await expect(bring(await file(points(9000)), { signal: controller.signal, onProgress: ({ read }) => { if (read > 4000) controller.abort(stop) } })).rejects.toBe(stop)
    await expect(bring(await file([{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [8e6, 5e6] } }]))).rejects.toThrow('import.crs-unlikely')
    const strict = bring(await file([...points(3000), { type: 'Feature', properties: {}, geometry: null }]), { strict: true })
    await expect(strict).rejects.toBeInstanceOf(StrictFault)
    await strict.catch((fault: StrictFault) => expect(fault.report).toMatchObject({ read: 3001, faults: { 'empty-geometry': 1 } }))
    const rows = await withImportedLayer(database.read, 'hospitals', (table) => table.list(database.read, { limit: 100 }))
    expect(rows?.map((row) => row.properties.name)).toEqual(points(10, '旧').map((f) => f.properties.name))
    expect(await left()).toEqual({ states: ['live'], tables: 1 })
  })

  test('what an import that was killed left is swept away by the next, but not an import that still runs', async () => {
    const controller = new AbortController()
    await bring(await file(points(3)), { id: 'other' })
    const db = database.read.withTables<ImportedTables>()
    const [row] = await db.selectFrom('imported_layer').selectAll().execute()
    await database.write(async (tx) => {
      for (const [run, touched] of [['01HDEAD0000000000000000000', now - 3_600_000], ['01HBUSY0000000000000000000', now - 1000]] as const) {
        await tx.withTables<ImportedTables>().insertInto('imported_layer').values({ ...row!, run, state: 'staging', touched_at: touched }).execute()
      }
    })
    await sweepLayers(database, now)
    expect((await db.selectFrom('imported_layer').select('run').where('state', '=', 'staging').execute()).map((r) => r.run)).toEqual(['01HBUSY0000000000000000000'])
    controller.abort()
  })

  test('ids that would stand in the way of the map’s own layers are refused', async () => {
    for (const id of ['base', 'incidents', 'Hospitals', '../x', '', 'a'.repeat(50)]) await expect(bring(await file(points(1)), { id })).rejects.toThrow('layer.id')
    expect(await left()).toEqual({ states: [], tables: 0 })
  })

  test('a reader that was about to read the old table reads the new one', async () => {
    await bring(await file(points(2, '旧')))
    let first = true
    const names = await withImportedLayer(database.read, 'hospitals', async (table) => {
      if (first) {
        first = false
        await bring(await file(points(2, '新')))
      }
      return (await table.list(database.read, { limit: 9 })).map((row) => row.properties.name)
    })
    expect(names).toEqual(['新0', '新1'])
    expect(await removeLayer(database, 'hospitals', now)).toBe(true)
    expect(await removeLayer(database, 'hospitals', now)).toBe(false)
    expect(await left()).toEqual({ states: [], tables: 0 })
  })
})

test('while a large file comes in, the station beside it goes on writing', async () => {
  const path = join(folder, 'busy.db')
  const [importer, station] = [openDatabase(path), openDatabase(path)]
  await migrate(importer, [...importedTables, { name: 'busy-001', up: async (db) => { await db.schema.createTable('beat').addColumn('n', 'integer').execute() } }], now)
  const waits: number[] = []
  const importing = { done: false }
  const beating = (async () => {
    while (!importing.done) {
      const begun = performance.now()
      await station.write((tx) => statement(tx, 'insert into beat (n) values (1)'))
      waits.push(performance.now() - begun)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const source = await openSource(await file(points(20_000)))
  await importLayer(importer, source, { id: 'many', role: 'overlay', title: 'x', sha256: '', file: 'x', signal: new AbortController().signal, now: () => now })
  await source.close()
  importing.done = true
  await beating
  expect(waits.length).toBeGreaterThan(20)
  expect(Math.max(...waits)).toBeLessThan(4000)
  await importer.close()
  await station.close()
})

describe('the API', () => {
  let app: App
  let database: Database
  beforeAll(async () => {
    database = openDatabase(join(folder, 'api.db'))
    await migrate(database, importedTables, now)
    app = await createApp({ self: '65', mode: 'test', version: '0.0.1', access: { ...situationAccess, ...importedAccess }, personOf: async (token) => ({ id: token, account: token, name: token, roles: [token as 'duty'] }) })
    importedRoutes(app, { database, clock: { now: () => now } } as unknown as Station)
    const source = await openSource(await file(points(5)))
    await importLayer(database, source, { id: 'hospitals', role: 'overlay', title: '医院', sha256: 'b'.repeat(64), file: 'f.geojson', signal: new AbortController().signal, now: () => now })
    await source.close()
  })
  afterAll(async () => {
    await app.close()
    await database.close()
  })
  const ask = (method: 'GET' | 'DELETE', url: string, role: string) => app.inject({ method, url, headers: { authorization: `Bearer ${role}` } })

  test('lists layers, shows one with its report, names what is wrong with an id', async () => {
    const list = (await ask('GET', '/api/situation/layers', 'duty')).json<{ items: LayerCard[]; total: number }>()
    expect(list).toMatchObject({ total: 1, items: [{ id: 'hospitals', title: '医院', kind: 'point', count: 5, bbox: [75, 40, 75.4, 40] }] })
    expect((await ask('GET', '/api/situation/layers/hospitals', 'duty')).json<LayerDetail>().report).toMatchObject({ read: 5, imported: 5, faults: {} })
    expect((await ask('GET', '/api/situation/layers/none', 'duty')).statusCode).toBe(404)
    expect((await ask('GET', '/api/situation/layers/A%20B', 'duty')).statusCode).toBe(400)
  })

  test('takes a layer away for those who tend data, and for nobody else', async () => {
    for (const role of ['duty', 'leader', 'security', 'audit', 'machine']) expect((await ask('DELETE', '/api/situation/layers/hospitals', role)).statusCode).toBe(403)
    expect((await app.inject({ method: 'DELETE', url: '/api/situation/layers/hospitals' })).statusCode).toBe(401)
    expect((await ask('DELETE', '/api/situation/layers/hospitals', 'steward')).statusCode).toBe(204)
    expect((await ask('DELETE', '/api/situation/layers/hospitals', 'admin')).statusCode).toBe(404)
  })
})
