import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { refuse } from '#core/kernel/index.ts'
import { featuresOf } from './geojsonSource.ts'
import type { FeatureSource, OpenChoices } from './source.ts'

/** What GDAL reads for us, by ending. Every other driver is switched off: a file cannot call on other files, services or databases (VRT, WFS, …). */
const drivers: Record<string, string[]> = {
  '.kml': ['LIBKML', 'KML'], '.kmz': ['LIBKML'], '.gpx': ['GPX'], '.gml': ['GML'], '.fgb': ['FlatGeobuf'],
  '.tab': ['MapInfo File'], '.mif': ['MapInfo File'], '.dxf': ['DXF'], '.dgn': ['DGN'], '.gdb': ['OpenFileGDB'],
  '.sqlite': ['SQLite'], '.parquet': ['Parquet'], '.gmt': ['OGR_GMT'], '.e00': ['AVCE00'], '.s57': ['S57'], '.000': ['S57'],
}

/** Any other format, converted by GDAL's `ogr2ogr` where it is installed; what it writes is read like any GeoJSON. */
export async function openWithGdal(path: string, { layer }: OpenChoices = {}): Promise<FeatureSource> {
  const ending = extname(path).toLowerCase()
  const driver = drivers[ending]
  if (!driver) throw refuse('import.format-unknown', `不认识的格式 ${ending || '（无扩展名）'}：可导入 GeoJSON、GeoPackage、Shapefile、CSV，底图还可用 PMTiles、MBTiles`, `Unknown format ${ending || '(no ending)'}: there are GeoJSON, GeoPackage, Shapefile and CSV, and for the base map PMTiles and MBTiles`)
  const tool = ogr2ogr()
  if (!tool) throw refuse('import.needs-gdal', `导入 ${ending} 需要 GDAL：请安装 gdal-bin（Debian/Ubuntu：sudo apt-get install gdal-bin），或先转换为 GeoPackage`, `Importing ${ending} needs GDAL: install gdal-bin (Debian, Ubuntu: sudo apt-get install gdal-bin), or convert it to GeoPackage first`)
  const input = resolve(path)
  const args = ['-f', 'GeoJSONSeq', '/vsistdout/', input, '-t_srs', 'EPSG:4326', '-skipfailures', ...(layer === undefined ? [] : [layer])]
  const skipped = (await driversOf(tool)).filter((name) => name !== 'GeoJSONSeq' && !driver.includes(name))
  const state: { child?: ChildProcess } = {}
  const size = statSync(input).isFile() ? statSync(input).size : 0
  let out = 0
  return {
    format: `GDAL ${driver[0]}`, layer: layer ?? null, crs: 'EPSG:4326', encoding: null, notes: [{ zh: '由 ogr2ogr 转换', en: 'converted by ogr2ogr' }],
    // What comes out is not what went in; a hint must do.
    progress: () => Math.min(0.99, size === 0 ? 0 : out / (size * 3)),
    async* features(signal) {
      const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, OGR_SKIP: skipped.join(','), GML_SKIP_RESOLVE_ELEMS: 'ALL', GDAL_CACHEMAX: '64' } })
      state.child = child
      let words = ''
      child.stderr.on('data', (chunk: Buffer) => { if (words.length < 2000) words += chunk.toString() })
      const ended = new Promise<number | string>((done) => {
        child.once('error', (fault) => done(fault.message))
        child.once('close', (code, killed) => done(code ?? killed ?? 1))
      })
      const stop = () => child.kill('SIGKILL')
      signal.addEventListener('abort', stop, { once: true })
      try {
        yield* featuresOf(watched(child.stdout, (bytes) => { out += bytes }), 'EPSG:4326', signal)
        const code = await ended
        if (code !== 0) throw failed(words || String(code))
      } catch (fault) {
        // Its usage or half a feature on the pipe is no fault of the file's JSON.
        throw !signal.aborted && /ERROR|FAILURE|Unable to open/.test(words) ? failed(words) : fault
      } finally {
        signal.removeEventListener('abort', stop)
        stop()
      }
    },
    close: async () => { state.child?.kill('SIGKILL') },
  }
}

/** Names of all drivers of this GDAL, from its own list: `  GPX -vector- (rw+v): GPX`. */
async function driversOf(tool: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(tool, ['--formats'], { env: { PATH: process.env.PATH } })
  return [...stdout.matchAll(/^ {2}(\S.*?) -[a-z,]+- /gm)].map((match) => match[1] as string)
}

function failed(words: string) {
  const shown = words.replaceAll(/\s+/g, ' ').trim().slice(0, 400)
  return refuse('import.gdal-failed', `ogr2ogr 无法读取：${shown}`, `ogr2ogr could not read it: ${shown}`)
}

function ogr2ogr(): string | null {
  const names = process.platform === 'win32' ? ['ogr2ogr.exe'] : ['ogr2ogr']
  for (const folder of (process.env.PATH ?? '').split(delimiter)) for (const name of names) if (folder && existsSync(join(folder, name))) return join(folder, name)
  return null
}

async function* watched(chunks: AsyncIterable<Buffer>, tell: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    tell(chunk.length)
    yield chunk
  }
}
