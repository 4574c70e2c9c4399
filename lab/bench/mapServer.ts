import { execFileSync, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TileAddress } from '#core/geo/tiles.ts'
import type { SpatialRow } from '#core/geo/server/spatial.ts'
import { until } from '#lab/federation/client.ts'
import { askFastCgi } from './fastCgi.ts'

const program = '/usr/bin/mapserv'
/** Node would leave the socket non-blocking, which MapServer's FastCGI takes for its end. */
const launcher = `use Socket; use POSIX; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; listen(S, 5); POSIX::dup2(fileno(S), 0); exec '${program}'`

export interface MapServer { tile(address: TileAddress): Promise<Buffer>; close(): Promise<void> }

/** MapServer from Debian on the same points in a GeoPackage with its index, one process that stays, asked by FastCGI. Null where it is not installed. */
export async function mapServer(folder: string, rows: readonly SpatialRow[]): Promise<MapServer | null> {
  if (!existsSync(program) || !existsSync('/usr/bin/perl')) return null
  const [geojson, gpkg, map, config, socket] = ['points.geojson', 'points.gpkg', 'points.map', 'mapserver.conf', 'mapserver.sock'].map((name) => join(folder, name)) as [string, string, string, string, string]
  writeFileSync(geojson, JSON.stringify({ type: 'FeatureCollection', features: rows.map(({ id, geometry, properties }) => ({ type: 'Feature', geometry, properties: { ...properties, id } })) }))
  execFileSync('ogr2ogr', ['-f', 'GPKG', gpkg, geojson, '-nln', 'points'])
  writeFileSync(map, mapFile(gpkg))
  writeFileSync(config, 'CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
  const child = spawn('/usr/bin/perl', ['-e', launcher, socket], { stdio: 'ignore', env: { ...process.env, MAPSERVER_CONFIG_FILE: config } })
  const close = async () => {
    const gone = once(child, 'exit')
    // Asked to end, it waits for one more request.
    child.kill('SIGKILL')
    await gone
  }
  const tile = ({ z, x, y }: TileAddress) => askFastCgi(socket, { REQUEST_METHOD: 'GET', QUERY_STRING: `map=${map}&mode=tile&tilemode=gmap&tile=${x}+${y}+${z}&layers=points&map.imagetype=mvt` })
  await until('MapServer', async () => existsSync(socket))
  const all = await tile({ z: 0, x: 0, y: 0 })
  if (all.length > 1_000) return { tile, close }
  await close()
  throw new Error(`MapServer gives no tile: ${all.toString().slice(0, 300)}`)
}

function mapFile(gpkg: string): string {
  return `MAP
  NAME "bench" STATUS ON SIZE 512 512 UNITS METERS EXTENT -20037508 -20037508 20037508 20037508 IMAGETYPE "mvt"
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=16" END
  WEB METADATA "ows_enable_request" "*" END END
  LAYER
    NAME "points" TYPE POINT STATUS ON
    CONNECTIONTYPE OGR CONNECTION "${gpkg}" DATA "points" PROCESSING "CLOSE_CONNECTION=DEFER"
    PROJECTION "init=epsg:4326" END
    METADATA "gml_include_items" "all" "gml_types" "auto" END
    CLASS STYLE COLOR 200 0 0 SIZE 4 END END
  END
END
`
}
