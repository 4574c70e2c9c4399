import type { TileSource } from '../tileSource.ts'
import type { BuiltBaseMap } from './builtBaseMap.ts'

/** An imported base map as long as there is one; asked each time, so an import takes effect at once. */
export interface ImportedBaseMap {
  current(): Promise<TileSource | null>
  close(): Promise<void>
}

export interface BaseMapSource {
  /** What the map stands on now: the office's own official map if it was imported, else the built one with its schematic borders. */
  current(): Promise<{ source: TileSource; imported: boolean }>
  close(): Promise<void>
}

/** The one place where an imported base map takes the place of the built one. */
export function baseMapSource(built: BuiltBaseMap, imported?: ImportedBaseMap): BaseMapSource {
  return {
    current: async () => {
      const own = await imported?.current()
      return own ? { source: own, imported: true } : { source: built, imported: false }
    },
    close: async () => {
      await imported?.close()
      await built.close()
    },
  }
}
