import { openSource } from '#core/geo/server/import/openSource.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { importedTables, importLayer } from '#modules/situation/server/importedLayers.ts'
import type { Growth } from './growth.ts'

// The measured process: node lab/import/importing.ts FILE DATABASE prints a Growth.

const megabyte = 1024 * 1024
const [file = '', path = ''] = process.argv.slice(2)
const database = openDatabase(path)
await migrate(database, importedTables, Date.now())
const source = await openSource(file)
const start = process.memoryUsage.rss() / megabyte
const begun = performance.now()
const { layer } = await importLayer(database, source, { id: 'points', role: 'overlay', title: 'points', sha256: '', file: 'points', signal: new AbortController().signal, now: () => Date.now() })
const seconds = (performance.now() - begun) / 1000
await source.close()
await database.close()
// maxRSS is in KB, and is the highest the process ever had.
const peak = process.resourceUsage().maxRSS / 1024
const growth: Growth = { points: layer.count, seconds: Math.round(seconds * 10) / 10, startMB: Math.round(start), peakMB: Math.round(peak), growthMB: Math.round(peak - start) }
process.stdout.write(JSON.stringify(growth))
