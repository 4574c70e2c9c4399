import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { App } from '#core/http/server/app.ts'
import { HttpProblem } from '#core/http/server/problem.ts'
import { oneAtATime } from '#core/sql/server/oneAtATime.ts'
import { printableLine } from '../printable.ts'
import { listQuery, reportParams, type ListAnswer, type ReportAnswer } from '../report.api.ts'
import { bulletinOf, type BulletinWords } from './bulletinOf.ts'
import type { ListedRow } from './report.xlsx.ts'

type Filters = z.output<typeof listQuery>

/** What the documents are made of: the same answers that the screens get, so they show nothing that a screen would not. */
export interface DocumentSource {
  read(request: FastifyRequest, id: string): Promise<ReportAnswer>
  list(request: FastifyRequest, filters: Filters): Promise<ListAnswer>
  words(): BulletinWords | Promise<BulletinWords>
  now(): number
}

/** More than anyone reads in one sheet; the query narrows the rest. */
const mostRows = 10_000
const pageSize = 200
/** One list is written at a time; so many callers may wait for theirs. */
const mostExports = 4

/** Loaded with the first document: together they are 40 MB of a station that most of the time makes none. */
const load = {
  docx: () => import('./report.docx.ts'),
  pdf: () => import('./report.pdf.ts'),
  xlsx: () => import('./report.xlsx.ts'),
}

const filters = listQuery.omit({ page: true, size: true })

export function reportDocuments(app: App, source: DocumentSource): void {
  const config = { permission: 'report.read' }
  const alone = oneAtATime()
  let exports = 0
  const bulletin = async (request: FastifyRequest, id: string) => {
    const report = await source.read(request, id)
    return { report, bulletin: bulletinOf(report, await source.words()) }
  }

  app.get('/api/reports/:id/bulletin.docx', { schema: { tags: ['report'], summary: '值班快报 as a Word document', params: reportParams }, config }, async (request, reply) => {
    const [made, { bulletinToDocx }] = [await bulletin(request, request.params.id), await load.docx()]
    return sendFile(reply, await bulletinToDocx(made.bulletin), fileName(made.report, 'docx'), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document')
  })

  app.get('/api/reports/:id/bulletin.pdf', { schema: { tags: ['report'], summary: '值班快报 as PDF', params: reportParams }, config }, async (request, reply) => {
    const [made, { bulletinToPdf }] = [await bulletin(request, request.params.id), await load.pdf()]
    return sendFile(reply, await bulletinToPdf(made.bulletin), fileName(made.report, 'pdf'), 'application/pdf')
  })

  app.get('/api/reports.xlsx', { schema: { tags: ['report'], summary: 'The list with the same filters, as an Excel workbook', querystring: filters }, config }, async (request, reply) => {
    if (exports >= mostExports) throw new HttpProblem(503, 'report.export-busy', '正在导出其他清单，请稍后再试', 'Other lists are being written out; try again in a little while')
    exports++
    try {
      const { reportsToXlsx } = await load.xlsx()
      const bytes = await alone(() => reportsToXlsx(everyRow((page) => source.list(request, { ...request.query, page, size: pageSize })), source.now()))
      return await sendFile(reply, bytes, '信息报送.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    } finally {
      exports--
    }
  })
}

/** The list goes on changing while it is read: what moved between two pages is neither written twice nor, with another round, left out. */
async function* everyRow(list: (page: number) => Promise<ListAnswer>): AsyncGenerator<ListedRow> {
  const seen = new Set<string>()
  let missing = 1
  for (let round = 0; round < 3 && missing > 0; round++) {
    for (let page = 1, found = pageSize; page === 1 || found === pageSize; page++) {
      const { items, unreadable, total } = await list(page)
      found = items.length + unreadable.length
      missing = Math.min(total, mostRows) - seen.size
      for (const row of [...items, ...unreadable]) {
        if (seen.has(row.id) || seen.size >= mostRows) continue
        seen.add(row.id)
        missing--
        yield row
      }
      if (seen.size >= mostRows) return
    }
  }
}

/** Always a download, never shown inside the console's origin. */
function sendFile(reply: FastifyReply, bytes: Buffer, name: string, type: string): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename="document.${name.slice(name.lastIndexOf('.') + 1)}"; filename*=UTF-8''${encodeName(name)}`)
    .header('cache-control', 'private, no-store')
    .send(bytes)
}

/** 【演练】 belongs to the name too: a file is passed on without its page. */
function fileName(report: ReportAnswer, ending: string): string {
  const mark = { actual: '', exercise: '【演练】', test: '【测试】' }[report.mode]
  const title = [...printableLine(report.title).replaceAll(/[\\/:*?"<>|]/g, '_')].slice(0, 80).join('')
  return `${mark}${title}.${ending}`
}

/** RFC 8187. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
