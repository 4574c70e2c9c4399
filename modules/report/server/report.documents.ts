import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { App } from '#core/http/server/app.ts'
import { printableLine } from '../printable.ts'
import { listQuery, reportParams, type ListAnswer, type ReportAnswer, type ReportRow } from '../report.api.ts'
import { bulletinOf, type BulletinWords } from './bulletinOf.ts'

type Filters = z.output<typeof listQuery>

/** What the documents are made of: the same answers that the screens get, so they show nothing that a screen would not. */
export interface DocumentSource {
  read(request: FastifyRequest, id: string): Promise<ReportAnswer>
  list(request: FastifyRequest, filters: Filters): Promise<Pick<ListAnswer, 'items' | 'unreadable'>>
  words(): BulletinWords | Promise<BulletinWords>
  now(): number
}

/** More than anyone reads in one sheet; the query narrows the rest. */
const mostRows = 10_000
const pageSize = 200

/** Loaded with the first document: together they are 40 MB of a station that most of the time makes none. */
const load = {
  docx: () => import('./report.docx.ts'),
  pdf: () => import('./report.pdf.ts'),
  xlsx: () => import('./report.xlsx.ts'),
}

const filters = listQuery.omit({ page: true, size: true })

export function reportDocuments(app: App, source: DocumentSource): void {
  const config = { permission: 'report.read' }
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
    const rows: ReportRow[] = []
    const left: ListAnswer['unreadable'] = []
    for (let page = 1; page <= mostRows / pageSize; page++) {
      const { items, unreadable } = await source.list(request, { ...request.query, page, size: pageSize })
      rows.push(...items)
      left.push(...unreadable)
      if (items.length + unreadable.length < pageSize) break
    }
    const { reportsToXlsx } = await load.xlsx()
    return sendFile(reply, await reportsToXlsx(rows, left, source.now()), '信息报送.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  })
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
