import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import type { ImportReport } from '../../importReport.ts'
import type { SpatialRow } from '../spatialTable.ts'
import { importFeatures, type ImportOptions } from './importFeatures.ts'
import { openSource } from './openSource.ts'
import type { OpenChoices } from './source.ts'

const run = promisify(execFile)

/** A folder for one test file, with the means to fill it and to import from it. */
export async function importBench() {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-import-test-'))
  return {
    folder,
    path: (name: string) => join(folder, name),
    async write(name: string, content: string | Uint8Array): Promise<string> {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    /** GDAL's own tools, the independent makers and judges. */
    ogr: async (tool: 'ogr2ogr' | 'ogrinfo' | 'gdaltransform', ...args: string[]) => (await run(tool, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 })).stdout,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export interface Imported { rows: SpatialRow[]; report: ImportReport }

/** Everything of a file, as it would be stored. */
export async function importAll(path: string, options: OpenChoices & Partial<ImportOptions> = {}): Promise<Imported> {
  const source = await openSource(path, options)
  const rows: SpatialRow[] = []
  try {
    const report = await importFeatures(source, async (more) => { rows.push(...more) }, { file: 'test', signal: new AbortController().signal, now: () => Date.now(), ...options })
    return { rows, report }
  } finally {
    await source.close()
  }
}

/** The refusal that work ends with; anything else is a failure of the test. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work
  } catch (fault) {
    if (isRefusal(fault)) return fault
    throw fault
  }
  throw new Error('it was not refused')
}

/** The numbers of a row that is a point. */
export function placeOf(row: SpatialRow | undefined): number[] {
  if (row?.geometry.type !== 'Point') throw new Error('this is no point')
  return row.geometry.coordinates as number[]
}

export function collection(features: unknown[], more: Record<string, unknown> = {}): string {
  return JSON.stringify({ type: 'FeatureCollection', ...more, features })
}

export function feature(geometry: unknown, properties: Record<string, unknown> = {}) {
  return { type: 'Feature', properties, geometry }
}

export const point = (lon: number, lat: number, properties: Record<string, unknown> = {}) => feature({ type: 'Point', coordinates: [lon, lat] }, properties)
