import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Sentence } from '#core/kernel/index.ts'
import { openDbf } from './dbf.ts'
import { openShp } from './shp.ts'
import { handful, stopIfAsked, type FeatureSource, type OpenChoices, type RawFeature } from './source.ts'

/** A `.shp` with what lies beside it: `.dbf`, `.prj`, `.cpg`. */
export async function openShapefile(path: string, { encoding }: OpenChoices = {}): Promise<FeatureSource> {
  const [dbfPath, prj, cpg] = await Promise.all([beside(path, 'dbf'), smallText(path, 'prj'), smallText(path, 'cpg')])
  const notes: Sentence[] = []
  const shp = await openShp(path)
  const dbf = dbfPath ? await openDbf(dbfPath, cpg, encoding).catch(async (fault: unknown) => {
    await shp.close()
    throw fault
  }) : null
  if (!dbf) notes.push({ zh: '没有 .dbf，要素没有属性', en: 'There is no .dbf: the features have no attributes' })
  if (dbf?.note) notes.push(dbf.note)
  if (!prj) notes.push({ zh: '没有 .prj，坐标系按 CGCS2000/WGS 84 经纬度理解', en: 'There is no .prj: coordinates are taken for degrees of CGCS2000 / WGS 84' })
  return {
    format: 'Shapefile', layer: null, crs: prj?.trim() || null, encoding: dbf?.encoding ?? null, notes,
    progress: () => shp.position() / Math.max(1, shp.size),
    async* features(signal) {
      let found: RawFeature[] = []
      for (let number = 1; ; number++) {
        const record = await shp.next()
        if (!record) break
        const properties = await dbf?.next()
        // OGR and ArcGIS do not show deleted records either.
        if (properties !== null) found.push({ number, geometry: record.geometry, properties: properties ?? {}, ...(record.fault ? { unreadable: record.fault } : {}) })
        if (found.length < handful) continue
        stopIfAsked(signal)
        yield found
        found = []
      }
      yield found
    },
    close: async () => {
      await shp.close()
      await dbf?.close()
    },
  }
}

/** The sister file, whatever case its ending is written in. */
async function beside(path: string, ending: string): Promise<string | null> {
  const stem = path.replace(/\.[^.]*$/, '')
  for (const name of [`${stem}.${ending}`, `${stem}.${ending.toUpperCase()}`]) if (existsSync(name)) return name
  const wanted = `${basename(stem)}.${ending}`.toLowerCase()
  const found = (await readdir(dirname(path))).find((name) => name.toLowerCase() === wanted)
  return found ? join(dirname(path), found) : null
}

async function smallText(path: string, ending: string): Promise<string | null> {
  const file = await beside(path, ending)
  if (!file || (await stat(file)).size > 65_536) return null
  return readFile(file, 'utf8')
}
