import { promisify } from 'node:util'
import { gzip, constants } from 'node:zlib'
import type { TileBytes } from './tileSource.ts'

const compress = promisify(gzip)
/** Below this, compressing gains nothing. */
const worthwhile = 512

/** Tiles made from live tables, kept while their content's version stands and there is room. */
export interface TileCache {
  /** The tile of that name and version, made when it is not at hand; several who ask at once wait for one making. */
  get(name: string, version: string, make: () => Promise<Uint8Array>): Promise<TileBytes>
}

export function tileCache(maxBytes = 8 * 1024 * 1024): TileCache {
  const kept = new Map<string, { version: string; tile: Promise<TileBytes>; size: number }>()
  let total = 0

  function forget(name: string): void {
    const entry = kept.get(name)
    if (!entry) return
    total -= entry.size
    kept.delete(name)
  }

  return {
    get(name, version, make) {
      const known = kept.get(name)
      if (known?.version === version) {
        // The one asked for last is the last to go.
        kept.delete(name)
        kept.set(name, known)
        return known.tile
      }
      forget(name)
      const entry = { version, tile: make().then(packed), size: 200 }
      kept.set(name, entry)
      total += entry.size
      entry.tile.then(({ bytes }) => {
        if (kept.get(name) !== entry) return
        entry.size += bytes.length
        total += bytes.length
        for (const oldest of kept.keys()) {
          if (total <= maxBytes) break
          forget(oldest)
        }
      }, () => {
        if (kept.get(name) === entry) forget(name)
      })
      return entry.tile
    },
  }
}

/** Compressed where that is worth it: quickly, for a tile may be out of date in a second. */
export async function packed(bytes: Uint8Array): Promise<TileBytes> {
  if (bytes.length < worthwhile) return { bytes, gzip: false }
  return { bytes: await compress(bytes, { level: constants.Z_BEST_SPEED }), gzip: true }
}
