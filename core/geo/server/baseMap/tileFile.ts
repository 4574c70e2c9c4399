import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { TileBytes } from '../tileSource.ts'

/** Tiles in one SQLite file; equal tiles (the open sea, the middle of a continent) are kept once. */
export interface TileFile {
  read(z: number, x: number, y: number): TileBytes | null
  close(): void
}

export function openTileFile(path: string): TileFile {
  const db = new DatabaseSync(path, { readOnly: true })
  // A page or two of index is all that is read again and again.
  db.exec('pragma cache_size = -1024; pragma query_only = on')
  const find: StatementSync = db.prepare('select bytes from tile join image on image.n = tile.image where z = ? and x = ? and y = ?')
  return {
    read: (z, x, y) => {
      const row = find.get(z, x, y)
      return row ? { bytes: row.bytes as Uint8Array, gzip: true } : null
    },
    close: () => db.close(),
  }
}

/** Writes such a file whole or not at all: it gets its name when everything is in it. */
export function writeTileFile(path: string, fill: (put: (z: number, x: number, y: number, digest: string, bytes: () => Uint8Array) => void) => void): void {
  const unfinished = `${path}.${process.pid}.new`
  rmSync(unfinished, { force: true })
  const db = new DatabaseSync(unfinished)
  try {
    // Whatever happens to this file before its renaming, it is only built again.
    db.exec(`pragma journal_mode = off; pragma synchronous = off;
      create table image (n integer primary key, bytes blob not null);
      create table tile (z integer, x integer, y integer, image integer not null, primary key (z, x, y)) without rowid;
      begin`)
    const addTile = db.prepare('insert into tile (z, x, y, image) values (?, ?, ?, ?)')
    const addImage = db.prepare('insert into image (bytes) values (?)')
    const known = new Map<string, number | bigint>()
    fill((z, x, y, digest, bytes) => {
      let image = known.get(digest)
      if (image === undefined) known.set(digest, image = addImage.run(bytes()).lastInsertRowid)
      addTile.run(z, x, y, image)
    })
    db.exec('commit')
  } finally {
    db.close()
  }
  if (existsSync(path)) rmSync(path)
  renameSync(unfinished, path)
}
