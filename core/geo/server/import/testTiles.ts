import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { zxyToTileId } from 'pmtiles'

/** Any bytes will do for a tile: archives do not look inside. */
const tileOf = (z: number, x: number, y: number) => gzipSync(Buffer.from(`tile ${z}/${x}/${y}`))
const metadata = JSON.stringify({ vector_layers: [{ id: 'land' }, { id: 'water' }], attribution: '<a href="x">测绘院</a>' })
/** In the order PMTiles wants. */
export const testTiles = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [2, 3, 1]] as const

/** MBTiles 1.3: one table, or two behind a view as most makers write it. */
export function makeMbtiles(path: string, options: { form?: 'table' | 'view'; format?: string; index?: boolean; more?: string[] } = {}): void {
  const { form = 'table', format = 'pbf', index = true, more = [] } = options
  rmSync(path, { force: true })
  const db = new DatabaseSync(path)
  db.exec('create table metadata (name text, value text)')
  const say = db.prepare('insert into metadata values (?, ?)')
  for (const [name, value] of Object.entries({ name: 'test', format, minzoom: '0', maxzoom: '2', bounds: '73,34,97,50', attribution: '<b>测绘院</b>', json: metadata })) say.run(name, value)
  if (form === 'table') {
    db.exec('create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)')
    if (index) db.exec('create unique index tile_index on tiles (zoom_level, tile_column, tile_row)')
    for (const [z, x, y] of testTiles) db.prepare('insert into tiles values (?, ?, ?, ?)').run(z, x, 2 ** z - 1 - y, tileOf(z, x, y))
  } else {
    db.exec('create table map (zoom_level integer, tile_column integer, tile_row integer, tile_id text); create table images (tile_id text primary key, tile_data blob); create unique index map_index on map (zoom_level, tile_column, tile_row); create view tiles as select zoom_level, tile_column, tile_row, tile_data from map join images on images.tile_id = map.tile_id')
    for (const [z, x, y] of testTiles) {
      db.prepare('insert into map values (?, ?, ?, ?)').run(z, x, 2 ** z - 1 - y, `${z}-${x}-${y}`)
      db.prepare('insert into images values (?, ?)').run(`${z}-${x}-${y}`, tileOf(z, x, y))
    }
  }
  for (const sql of more) db.exec(sql)
  db.close()
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : (left % 128) | 128)
    if (left < 128) return Buffer.from(bytes)
  }
}

/** PMTiles version 3, by its specification. */
export function makePmtiles(options: { tileType?: number; version?: number; directory?: Buffer; metadata?: Buffer } = {}): Buffer {
  const tiles = testTiles.map(([z, x, y]) => ({ id: zxyToTileId(z, x, y), bytes: tileOf(z, x, y) })).sort((a, b) => a.id - b.id)
  const ids = tiles.map(({ id }, i) => varint(id - (tiles[i - 1]?.id ?? 0)))
  let offset = 0
  const offsets = tiles.map(({ bytes }) => {
    const here = varint(offset + 1)
    offset += bytes.length
    return here
  })
  const directory = options.directory ?? gzipSync(Buffer.concat([varint(tiles.length), ...ids, ...tiles.map(() => varint(1)), ...tiles.map(({ bytes }) => varint(bytes.length)), ...offsets]))
  const about = options.metadata ?? gzipSync(Buffer.from(metadata))
  const header = Buffer.alloc(127)
  header.write('PMTiles')
  header[7] = options.version ?? 3
  const sizes = [127, directory.length, 127 + directory.length, about.length, 127 + directory.length + about.length, 0, 127 + directory.length + about.length, offset, tiles.length, tiles.length, tiles.length]
  sizes.forEach((value, i) => header.writeBigUInt64LE(BigInt(value), 8 + 8 * i))
  header.set([1, 2, 2, options.tileType ?? 1, 0, 2], 96)
  ;[73e7, 34e7, 97e7, 50e7].forEach((value, i) => header.writeInt32LE(value, 102 + 4 * i))
  return Buffer.concat([header, directory, about, ...tiles.map(({ bytes }) => bytes)])
}
