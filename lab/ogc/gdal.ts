import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface GdalFeature {
  type: 'Feature'
  geometry: { type: string; coordinates: unknown } | null
  properties: Record<string, unknown>
}

/** Debian's GDAL as an independent reader of one station's `/ogc`. Anything it says on stderr is a fault. */
export function gdal(url: string, token: string) {
  const source = `OAPIF:${url}/ogc`
  const env = { ...process.env, GDAL_HTTP_HEADERS: `Authorization: Bearer ${token}`, LC_ALL: 'C.UTF-8' }
  async function call(program: 'ogrinfo' | 'ogr2ogr', args: string[]): Promise<string> {
    const { stdout, stderr } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 }).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 'ENOENT') throw new Error('these tests need GDAL: apt install gdal-bin', { cause: error })
      throw error
    })
    if (stderr.trim() !== '') throw new Error(`${program} ${args.join(' ')}: ${stderr.slice(0, 2_000)}`)
    return stdout
  }
  return {
    info: (...args: string[]) => call('ogrinfo', ['-ro', '-so', source, ...args]),
    /** The features of a collection as GDAL understood them. */
    async features(collection: string, ...args: string[]): Promise<GdalFeature[]> {
      const text = await call('ogr2ogr', ['-f', 'GeoJSON', '-lco', 'COORDINATE_PRECISION=9', ...args, '/vsistdout/', source, collection])
      return (JSON.parse(text) as { features: GdalFeature[] }).features
    },
    /** A file read in one system and written in another. */
    async converted(file: string, from: string, to: string): Promise<GdalFeature[]> {
      const text = await call('ogr2ogr', ['-f', 'GeoJSON', '-lco', 'RFC7946=NO', '-lco', 'COORDINATE_PRECISION=9', '-s_srs', from, '-t_srs', to, '/vsistdout/', file])
      return (JSON.parse(text) as { features: GdalFeature[] }).features
    },
    /** The first axis of a system by EPSG. */
    async firstAxis(system: string): Promise<string> {
      const { stdout } = await run('gdalsrsinfo', ['-o', 'wkt2', system], { env })
      return /AXIS\["([^"]+)"/.exec(stdout)?.[1] ?? ''
    },
  }
}
