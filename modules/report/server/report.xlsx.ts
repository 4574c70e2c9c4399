import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import ExcelJS from 'exceljs'
import { isTime, type Unreadable } from '#core/kernel/index.ts'
import { divisionName } from '#core/geo/divisions.ts'
import { gradeNames } from '#modules/norms/index.ts'
import { plainCell } from '../printable.ts'
import type { ReportRow } from '../report.api.ts'

const kinds: Record<ReportRow['kind'], string> = { first: '首报', followUp: '续报', final: '终报', daily: '日报' }
const statuses: Record<ReportRow['status'], string> = {
  draft: '拟稿', submitted: '送审', sent: '已上报', received: '已接收', accepted: '已签收', returned: '退回补充', handling: '办理中', handled: '已办理', closed: '已办结', merged: '已合并',
}
const marks: Record<ReportRow['mode'], string> = { actual: '', exercise: '演练', test: '测试' }

type Cell = string | number | Date | null

interface Column {
  header: string
  width: number
  format?: string
  value(row: ReportRow): Cell
}

/** Excel shows a date as it is stored, without a zone: Beijing's clock is what belongs in the cell. */
const beijingDate = (ms: number | null) => (ms === null ? null : isTime(ms + 8 * 3_600_000) ? new Date(ms + 8 * 3_600_000) : '时间有误')
const time = { width: 17, format: 'yyyy-mm-dd hh:mm' }
const figure = (header: string, name: keyof ReportRow['figures']): Column => ({ header, width: 9, value: (row) => row.figures[name] ?? '不详' })

const columns: Column[] = [
  { header: '演练', width: 6, value: (row) => marks[row.mode] },
  { header: '种类', width: 6, value: (row) => kinds[row.kind] },
  { header: '级别', width: 9, value: (row) => gradeOf(row) },
  { header: '标题', width: 48, value: (row) => row.title },
  { header: '状态', width: 10, value: (row) => statuses[row.status] },
  { header: '报送平台', width: 20, value: (row) => row.stationName },
  { header: '事件代码', width: 10, value: (row) => row.code },
  { header: '行政区划代码', width: 14, value: (row) => row.place.division },
  { header: '地点', width: 32, value: (row) => divisionName(row.place.division) + (row.place.address ?? '') },
  { header: '经度', width: 10, value: (row) => row.place.lon ?? null },
  { header: '纬度', width: 10, value: (row) => row.place.lat ?? null },
  { header: '事发时间', ...time, value: (row) => beijingDate(row.occurredAt) },
  { header: '接报时间', ...time, value: (row) => beijingDate(row.learnedAt) },
  { header: '上报时间', ...time, value: (row) => beijingDate(row.sentAt) },
  figure('死亡', 'deaths'),
  figure('失踪', 'missing'),
  figure('重伤', 'seriousInjuries'),
  figure('轻伤', 'lightInjuries'),
  figure('被困', 'trapped'),
  figure('转移安置', 'evacuated'),
  { ...figure('损失（万元）', 'lossWan'), width: 14 },
  { header: '是否超时', width: 10, value: (row) => (row.late ? '超时' : '') },
  { header: '催报次数', width: 10, value: (row) => row.urged },
  { header: '编号', width: 32, value: (row) => row.id },
]

/** The level it was reported at; before that the computed one or the officer's. */
function gradeOf({ level }: ReportRow): string {
  const grade = level.reporting ?? level.computed ?? level.initial
  return grade === null ? '' : gradeNames[grade].zh
}

/** A row of the list, or the name of one that could not be read. */
export type ListedRow = ReportRow | Unreadable

/** Written before others have their turn: some 25 ms. */
const rowsAtATime = 50

/**
 * The list as a workbook; times are Beijing's, an unknown figure is 不详 and never 0. Each row is written out and let go
 * of at once: what stays in memory is the finished, compressed file.
 */
export async function reportsToXlsx(rows: AsyncIterable<ListedRow> | Iterable<ListedRow>, at: number): Promise<Buffer> {
  const written: Buffer[] = []
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => { written.push(chunk); done() } })
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useStyles: true })
  workbook.creator = 'Fengsui'
  workbook.created = new Date(at)
  workbook.modified = new Date(at)
  const sheet = workbook.addWorksheet('信息报送', { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map(({ header, width, format }) => ({ header, width, style: format === undefined ? {} : { numFmt: format } }))
  sheet.getRow(1).font = { bold: true }
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } }
  let count = 0
  for await (const row of rows) {
    const added = sheet.addRow('title' in row ? columns.map((column) => safe(column.value(row))) : [`此条无法读取：${row.station} ${row.id}`])
    if ('title' in row && row.mode !== 'actual') added.font = { color: { argb: 'FF964300' } }
    added.commit()
    if (++count % rowsAtATime === 0) await setImmediate()
  }
  await workbook.commit()
  return Buffer.concat(written)
}

function safe(cell: Cell): Cell {
  return typeof cell === 'string' ? plainCell(cell) : cell
}
