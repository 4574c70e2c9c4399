import type { Alone, Compared } from './measure.ts'
import { fourStations } from './stations.ts'
import type { Row } from './table.ts'

export interface RowsOf {
  wanted(name: string): boolean
  size<T>(quick: T, full: T): T
  add(row: Omit<Row, 'compared'>, compared: Compared | Alone): void
}

/** Names of what is measured of the map, for `--only`. */
export const mapBenches = ['stroke', 'plot-load', 'wire', 'tiles', 'base-map']

/** Drawing together and the map under it. */
export async function mapRows({ wanted, size, add }: RowsOf): Promise<void> {
  if (wanted('stroke') || wanted('plot-load')) {
    const stations = await fourStations()
    try {
      if (wanted('stroke')) {
        const { stroke } = await import('./stroke.ts')
        const figures = await stroke(stations, { rounds: size(3, 9), samples: size(30, 60) })
        for (const q of ['p50', 'p95'] as const) {
          add({ name: `stroke scene → region, three hops, ${q}`, unit: 'ms', baseline: 'bare y-protocols, four processes', aim: { atMost: 1.5 } }, figures.stroke[q])
          add({ name: `… ${q}`, unit: 'ms', baseline: 'Hocuspocus, four processes', aim: { atMost: 1 } }, figures.hocuspocus[q])
        }
        for (const q of ['p50', 'p95'] as const) add({ name: `hand scene → region, three hops, ${q}`, unit: 'ms', baseline: 'bare y-protocols awareness' }, figures.hand[q])
      }
      if (wanted('plot-load')) {
        const { crowd } = await import('./crowd.ts')
        const { lost, p50, p95, drawn, cpu } = await crowd(stations, { rounds: size(1, 3), seconds: size(3, 10) })
        add({ name: '50 people draw: strokes drawn', unit: '' }, drawn)
        add({ name: '… lost at any of four stations', unit: '', aim: { oursAtMost: 0 } }, lost)
        add({ name: '… stroke to every other level, p50', unit: 'ms' }, p50)
        add({ name: '… stroke to every other level, p95', unit: 'ms' }, p95)
        for (const [level, seconds] of Object.entries(cpu)) add({ name: `… CPU of the ${level} for ${size(3, 10)} s of it`, unit: 's' }, seconds)
        const { openPlot } = await import('./openPlot.ts')
        const { warm, cold } = await openPlot(stations, { strokes: 10_000, rounds: size(2, 7) })
        add({ name: 'plot of 10,000 strokes on a fresh client', unit: 'ms', baseline: 'bare ws message and applyUpdate' }, warm)
        add({ name: '… just after the station has started', unit: 'ms', baseline: 'bare ws message and applyUpdate' }, cold)
      }
    } finally {
      await stations.close()
    }
  }
  if (wanted('wire')) {
    const { wire } = await import('./wire.ts')
    const figures = await wire({ rounds: size(1, 3), strokes: size(20, 60) })
    for (const [name, { bytes, p50, p95 }] of Object.entries(figures.strokes)) {
      add({ name: `bytes on the wire, stroke of ${name}`, unit: 'B', baseline: 'the bare Yjs update' }, bytes)
      add({ name: `… county → prefecture at 256 kbit/s, p50`, unit: 'ms' }, p50)
      add({ name: `… county → prefecture at 256 kbit/s, p95`, unit: 'ms' }, p95)
    }
    add({ name: '… p50 while a file of 1 MB goes too', unit: 'ms' }, figures.besideFile.p50)
    add({ name: '… p95 while a file of 1 MB goes too', unit: 'ms' }, figures.besideFile.p95)
    add({ name: '… that file itself', unit: 's' }, figures.file)
  }
  if (wanted('tiles')) {
    const { tiles } = await import('./tiles.ts')
    for (const points of [10_000, 100_000]) {
      const { points: each, detail, gathered, warm, mapServer } = await tiles({ points, rounds: size(3, 7) })
      const named = points.toLocaleString('en')
      add({ name: `tiles of ${named} points, z12–14, ${each.toFixed(0)} in each`, unit: '/s', baseline: 'bare vt-pbf, the same features', aim: { atLeast: 0.7 } }, detail)
      add({ name: `… gathered, z5–11`, unit: '/s', baseline: 'bare vt-pbf, all points of the tile' }, gathered)
      add({ name: `… from the cache, all zooms`, unit: '/s', baseline: 'bare vt-pbf, the same features' }, warm)
      if (mapServer) add({ name: `… z12–14`, unit: '/s', baseline: 'MapServer by FastCGI, GeoPackage' }, mapServer)
      else console.log('… MapServer is not installed (/usr/bin/mapserv): not compared')
    }
  }
  if (wanted('base-map')) {
    const { baseMap } = await import('./baseMapStart.ts')
    const figures = await baseMap(size(1, 3))
    const baseline = 'the same station, no base map'
    add({ name: 'first start, base map to be built: answers', unit: 'ms', baseline }, figures.first.health)
    add({ name: '… first base tile after that', unit: 'ms' }, figures.first.tile)
    add({ name: '… memory 5 s after the tile', unit: 'MB', baseline }, figures.first.memory)
    add({ name: 'start with the base map built: answers', unit: 'ms', baseline }, figures.later.health)
    add({ name: '… first base tile after that', unit: 'ms' }, figures.later.tile)
    add({ name: '… memory 5 s after the tile', unit: 'MB', baseline }, figures.later.memory)
  }
}
