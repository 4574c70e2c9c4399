import { setTimeout as pause } from 'node:timers/promises'
import { newId, refuse } from '#core/kernel/index.ts'
import type { ImportReport, LayerKind } from '#core/geo/importReport.ts'
import { spatialTable, type SpatialTable } from '#core/geo/server/spatial.ts'
import type { ImportOptions } from '#core/geo/server/import/importFeatures.ts'
import type { FeatureSource } from '#core/geo/server/import/source.ts'
import { bigInteger } from '#core/sql/server/columns.ts'
import type { Database, Db, Migration } from '#core/sql/server/database.ts'
import { layerIdPattern, reservedLayerIds, type LayerCard, type LayerDetail, type LayerRole } from '../imported.api.ts'

/** One import. A layer is the one row `live` of its id; `staging` is being written, `gone` waits for its table to be dropped. */
interface ImportedRow {
  run: string
  id: string
  role: LayerRole
  title: string
  state: 'staging' | 'live' | 'gone'
  file: string
  sha256: string
  started_at: number
  touched_at: number
  imported_at: number | null
  report: string | null
}
export type ImportedTables = { imported_layer: ImportedRow }

export const importedTables: Migration[] = [{
  name: 'imported-001',
  up: async (db) => {
    await db.schema.createTable('imported_layer')
      .addColumn('run', 'text', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('file', 'text', (c) => c.notNull())
      .addColumn('sha256', 'text', (c) => c.notNull())
      .addColumn('started_at', bigInteger, (c) => c.notNull())
      .addColumn('touched_at', bigInteger, (c) => c.notNull())
      .addColumn('imported_at', bigInteger)
      .addColumn('report', 'text')
      .execute()
    await db.schema.createIndex('imported_layer_by_id').on('imported_layer').columns(['id', 'state']).execute()
  },
}]

/** An import that has not been heard of for so long has died. */
const silence = 10 * 60_000
/** The running station writes too: after each transaction it gets a turn. */
const turnMs = 8

const rows = (db: Db) => db.withTables<ImportedTables>()
const tableOf = (run: string): SpatialTable => spatialTable(`layer_${run.toLowerCase()}`)

export interface LayerImport extends ImportOptions {
  id: string
  role: LayerRole
  title: string
  sha256: string
}

/**
 * Imports a file as a layer. Features go into a table of their own, a thousand or two at a time; the layer changes to
 * it in one transaction at the very end. Whatever happens before leaves the layer as it was.
 */
export async function importLayer(database: Database, source: FeatureSource, options: LayerImport): Promise<{ layer: LayerDetail; replaced: boolean }> {
  if (!layerIdPattern.test(options.id) || reservedLayerIds.includes(options.id)) throw refuse('layer.id', `图层编号“${options.id}”不可用：小写字母开头，只含小写字母、数字和连字符，不能是 ${reservedLayerIds.join('、')}`, `“${options.id}” cannot be a layer’s id: it begins with a small letter, has small letters, digits and hyphens only, and is none of ${reservedLayerIds.join(', ')}`)
  await sweepLayers(database, options.now())
  const run = newId(options.now())
  const table = tableOf(run)
  await database.write(async (tx) => {
    await rows(tx).insertInto('imported_layer').values({
      run, id: options.id, role: options.role, title: options.title, state: 'staging', file: options.file, sha256: options.sha256,
      started_at: options.now(), touched_at: options.now(), imported_at: null, report: null,
    }).execute()
    await table.migration.up(tx, database.dialect)
  })
  try {
    // What mends shapes is large: a station that only shows layers does not carry it.
    const { importFeatures } = await import('#core/geo/server/import/importFeatures.ts')
    const report = await importFeatures(source, async (features) => {
      await database.write(async (tx) => {
        await table.put(tx, features)
        await rows(tx).updateTable('imported_layer').set({ touched_at: options.now() }).where('run', '=', run).execute()
      })
      await pause(turnMs)
    }, options)
    if (options.strict && Object.keys(report.faults).length > 0) throw new StrictFault(report)
    const replaced = await database.write(async (tx) => {
      const { numUpdatedRows } = await rows(tx).updateTable('imported_layer').set({ state: 'gone', touched_at: options.now() }).where('id', '=', options.id).where('state', '=', 'live').executeTakeFirstOrThrow()
      await rows(tx).updateTable('imported_layer').set({ state: 'live', imported_at: options.now(), report: JSON.stringify(report) }).where('run', '=', run).execute()
      return numUpdatedRows > 0n
    })
    await sweepLayers(database, options.now())
    const layer = await layerById(database.read, options.id)
    if (!layer) throw new Error('the layer is not there after its import')
    return { layer, replaced }
  } catch (fault) {
    await database.write(async (tx) => { await rows(tx).updateTable('imported_layer').set({ state: 'gone' }).where('run', '=', run).where('state', '=', 'staging').execute() })
    await sweepLayers(database, options.now())
    throw fault
  }
}

/** `--strict`: something was wrong, so nothing was imported; the report says what. */
export class StrictFault extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport) {
    super('the file has faults')
    this.report = report
  }
}

export async function listLayers(db: Db): Promise<LayerCard[]> {
  const found = await rows(db).selectFrom('imported_layer').where('state', '=', 'live').selectAll().orderBy('title').orderBy('id').execute()
  return found.map((row) => cardOf(row, reportOf(row)))
}

export async function layerById(db: Db, id: string): Promise<LayerDetail | null> {
  const row = await liveRow(db, id)
  return row ? { ...cardOf(row, reportOf(row)), report: reportOf(row) } : null
}

/** False where there is no such layer. */
export async function removeLayer(database: Database, id: string, now: number): Promise<boolean> {
  const gone = await database.write(async (tx) => {
    const { numUpdatedRows } = await rows(tx).updateTable('imported_layer').set({ state: 'gone', touched_at: now }).where('id', '=', id).where('state', '=', 'live').executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  })
  await sweepLayers(database, now)
  return gone
}

/** An imported layer and the table its features are in, for tiles and searches. `run` changes with every import: it belongs into the ETag. */
export async function importedLayerSource(db: Db, id: string): Promise<{ layer: LayerCard; run: string; table: SpatialTable } | null> {
  const row = await liveRow(db, id)
  return row ? { layer: cardOf(row, reportOf(row)), run: row.run, table: tableOf(row.run) } : null
}

/** Works on a layer's table; once more when an import has put another in its place meanwhile. Null where there is no such layer. */
export async function withImportedLayer<T>(db: Db, id: string, work: (table: SpatialTable, layer: LayerCard, run: string) => Promise<T>): Promise<T | null> {
  const found = await importedLayerSource(db, id)
  if (!found) return null
  try {
    return await work(found.table, found.layer, found.run)
  } catch (fault) {
    const now = await importedLayerSource(db, id)
    if (now?.run === found.run) throw fault
    return now ? work(now.table, now.layer, now.run) : null
  }
}

/** Drops the tables of what was replaced, removed, cancelled or has died: each in a transaction of its own. */
export async function sweepLayers(database: Database, now: number): Promise<void> {
  const over = await rows(database.read).selectFrom('imported_layer').select('run')
    .where((e) => e.or([e('state', '=', 'gone'), e.and([e('state', '=', 'staging'), e('touched_at', '<', now - silence)])])).execute()
  for (const { run } of over) {
    await database.write(async (tx) => {
      await tableOf(run).drop(tx)
      await rows(tx).deleteFrom('imported_layer').where('run', '=', run).execute()
    })
  }
}

function liveRow(db: Db, id: string): Promise<ImportedRow | undefined> {
  return rows(db).selectFrom('imported_layer').where('id', '=', id).where('state', '=', 'live').selectAll().executeTakeFirst()
}

function reportOf(row: ImportedRow): ImportReport {
  return JSON.parse(row.report ?? '{}') as ImportReport
}

function cardOf(row: ImportedRow, report: ImportReport): LayerCard {
  return {
    id: row.id, title: row.title, role: row.role, kind: report.kind as LayerKind, count: report.imported, bbox: report.bbox,
    file: row.file, sha256: row.sha256, crs: report.crs, encoding: report.encoding, importedAt: row.imported_at ?? row.started_at,
  }
}
