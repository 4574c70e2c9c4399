import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isRefusal } from '#core/kernel/index.ts'
import { importFaults, type ImportReport } from '#core/geo/importReport.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { importedTables } from '#modules/situation/server/importedLayers.ts'
import { openFolder, type DataFolder } from './dataFolder.ts'
import { language, OperatorFault, say, saySentence } from './language.ts'

/** Ended by the operator: nothing has changed. */
export class Cancelled extends OperatorFault {
  constructor() {
    super('已取消，原有内容未变', 'Cancelled; what was there is unchanged')
    this.name = 'Cancelled'
  }
}

/** Runs an import with the data folder open, until it ends or a signal stops it; a Refusal becomes the operator's fault. */
export async function importing<T>(data: string, work: (folder: DataFolder, signal: AbortSignal) => Promise<T>): Promise<T> {
  const folder = await openFolder(data)
  const controller = new AbortController()
  const stop = () => controller.abort(new Cancelled())
  // For as long as the process lives: a second Ctrl-C must not cut the clearing up short.
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    // A station that has not been started since this came has no tables for it yet.
    await migrate(folder.database, importedTables, Date.now())
    return await work(folder, controller.signal)
  } catch (fault) {
    if (controller.signal.aborted) throw new Cancelled()
    if (isRefusal(fault)) throw new OperatorFault(saySentence(fault.sentence), saySentence(fault.sentence))
    throw fault
  } finally {
    await folder.close()
  }
}

/** Says on stderr how far it is: in place at a terminal, a line every few seconds elsewhere. */
export function progressLine(): { show(share: number, read?: number, perSecond?: number): void; end(): void } {
  const terminal = process.stderr.isTTY
  let last = 0
  return {
    show(share, read, perSecond) {
      const now = Date.now()
      if (now - last < (terminal ? 200 : 2000)) return
      last = now
      const percent = `${Math.floor(Math.min(1, share) * 100)} %`
      const line = read === undefined ? percent : say(`${percent}，已读 ${read} 条，每秒 ${Math.round(perSecond ?? 0)} 条`, `${percent}, ${read} features read, ${Math.round(perSecond ?? 0)} a second`)
      process.stderr.write(terminal ? `\r\u001b[K${line}` : `${line}\n`)
    },
    end() {
      if (terminal && last > 0) process.stderr.write('\r\u001b[K')
    },
  }
}

/** Of a file; empty for a folder (a file geodatabase). */
export async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  if (!(await stat(path)).isFile()) return ''
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal })
  return hash.digest('hex')
}

/** What became of the file, for people. */
export function reportText(report: ImportReport): string {
  const lines = [
    say(`  格式 ${report.format}${report.layer ? `（${report.layer}）` : ''}，坐标系 ${report.crs}${report.encoding ? `，编码 ${report.encoding}` : ''}`, `  format ${report.format}${report.layer ? ` (${report.layer})` : ''}, coordinates ${report.crs}${report.encoding ? `, encoding ${report.encoding}` : ''}`),
    say(`  读到 ${report.read} 条，导入 ${report.imported} 条（其中修复 ${report.mended} 条），跳过 ${report.skipped} 条，用时 ${report.seconds} 秒`, `  ${report.read} features read, ${report.imported} imported (${report.mended} of them mended), ${report.skipped} skipped, in ${report.seconds} s`),
    ...report.notes.map((note) => `  · ${note[language]}`),
  ]
  for (const [fault, count] of Object.entries(report.faults)) {
    const { done, ...words } = importFaults[fault as keyof typeof importFaults]
    lines.push(`  ${done === 'skipped' ? '✗' : '!'} ${words[language]}：${count}`)
    const examples = report.examples.filter((e) => e.fault === fault)
    if (examples.length > 0) lines.push(`      ${say('要素', 'features')} ${examples.map((e) => `#${e.feature}${e.detail ? ` (${e.detail})` : ''}`).join(say('、', ', '))}${count > examples.length ? ' …' : ''}`)
  }
  return lines.join('\n')
}

/** An id for addresses, from the file's name where it is plain enough, else from its content. */
export function idFrom(path: string, sha256: string): string {
  const stem = basename(path).replace(/(\.[a-z0-9]+)+$/i, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '').slice(0, 40)
  return stem.length >= 2 ? stem : `layer-${sha256.slice(0, 8) || '1'}`
}
