import { z } from 'zod'
import type { FieldFault, Refusal, Sentence } from '#core/kernel/index.ts'
import { turnTooLate } from '#core/sql/server/oneAtATime.ts'
import { hasNoConnection } from '#core/sql/server/storageFault.ts'

/** The two languages of every answer; Chinese when the caller does not say. */
export type Language = 'zh' | 'en'

/** A *no* of the HTTP boundary itself: not signed in, not allowed, malformed. Rules throw a Refusal instead. */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly sentence: Sentence
  readonly fields: FieldFault[]

  constructor(status: number, code: string, zh: string, en: string, fields: FieldFault[] = []) {
    super(`${code}: ${en}`)
    this.name = 'HttpProblem'
    this.status = status
    this.code = code
    this.sentence = { zh, en }
    this.fields = fields
  }
}

/** RFC 9457 as every route answers it. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })),
  incident: z.string().optional(),
})
export type Problem = z.infer<typeof problemSchema>

const titles: Record<number, Sentence> = {
  400: { zh: '请求有误', en: 'Bad request' },
  401: { zh: '未登录', en: 'Not signed in' },
  403: { zh: '无权操作', en: 'Not allowed' },
  404: { zh: '未找到', en: 'Not found' },
  405: { zh: '方法不适用', en: 'Method not allowed' },
  408: { zh: '请求超时', en: 'Request timed out' },
  409: { zh: '不能执行', en: 'Refused' },
  410: { zh: '已不在', en: 'Gone' },
  413: { zh: '内容过大', en: 'Too large' },
  414: { zh: '地址过长', en: 'Address too long' },
  415: { zh: '内容类型不支持', en: 'Unsupported media type' },
  416: { zh: '范围无效', en: 'Range not satisfiable' },
  429: { zh: '请求过于频繁', en: 'Too many requests' },
  431: { zh: '请求头过大', en: 'Header fields too large' },
  500: { zh: '内部故障', en: 'Internal fault' },
  503: { zh: '暂不可用', en: 'Unavailable' },
  507: { zh: '存储空间不足', en: 'Out of space' },
}

export function problemOf(no: HttpProblem | Refusal, language: Language): Problem {
  const status = no instanceof HttpProblem ? no.status : no.code.endsWith('.not-found') ? 404 : no.code.endsWith('.too-large') ? 413 : 409
  return {
    type: `urn:fengsui:problem:${no.code}`,
    title: titles[status]?.[language] ?? String(status),
    status,
    code: no.code,
    detail: no.sentence[language],
    errors: no.fields.map((fault) => ({ field: fault.field, message: fault.message[language] })),
  }
}

/** English only when the caller prefers it to Chinese. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { language: Language; q: number } = { language: 'zh', q: 0 }
  for (const part of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const [tag = '', ...params] = part.trim().toLowerCase().split(';')
    const language = tag.startsWith('zh') ? 'zh' : tag.startsWith('en') ? 'en' : undefined
    const q = Number(params.find((p) => p.trim().startsWith('q='))?.trim().slice(2) ?? 1)
    if (language && q > best.q) best = { language, q }
  }
  return best.language
}

/** SQLite's primary result codes. */
const sqlite = { readOnly: 8, ioError: 10, damaged: 11, full: 13, cannotOpen: 14, notADatabase: 26 }
/** PostgreSQL's `disk_full`, `read_only_sql_transaction`, and the classes of *gone away* (connection, resources, shutdown), *not let in* (account, database) and *damaged*. */
const postgres = { full: '53100', readOnly: '25006', gone: /^(08|53|57P)/, notLetIn: /^(28|3D)/, damaged: /^XX00[12]/, lockNotGot: '55P03', tooLong: '57014' }

/** The disk or the database server has failed, not the program: nothing was stored, and an operator can mend it. */
function storageProblem(error: object): HttpProblem | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  // The extended codes carry the primary one in their lowest byte.
  const primary = code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : 0
  const isOf = (classes: RegExp) => typeof code === 'string' && code.length === 5 && classes.test(code)
  if (primary === sqlite.full || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || code === postgres.full) {
    return new HttpProblem(507, 'storage.full', '磁盘已满，本次操作没有保存；请腾出空间后重试', 'The disk is full and nothing of this was saved; free some space and try again')
  }
  if (primary === sqlite.readOnly || code === 'EROFS' || code === postgres.readOnly) {
    return new HttpProblem(503, 'storage.read-only', '数据库为只读，本次操作没有保存；请检查数据目录的权限和磁盘', 'The database is read-only and nothing of this was saved; check the permissions of the data folder and the disk')
  }
  if (primary === sqlite.damaged || primary === sqlite.notADatabase || isOf(postgres.damaged)) {
    return new HttpProblem(503, 'storage.damaged', '数据库文件有损坏，本次操作没有完成；请系统管理员运行 fengsui doctor 查看损坏情况和办法', 'The database is damaged and this was not done; have the system administrator run fengsui doctor for the damage and the way out')
  }
  if (isOf(postgres.notLetIn)) {
    return new HttpProblem(503, 'storage.not-let-in', '数据库服务不接受本平台的账户或库名，本次操作没有保存；请系统管理员核对数据库地址和口令', 'The database server does not accept the account or the database of this station and nothing of this was saved; have the system administrator check its address and password')
  }
  if (code === turnTooLate || code === postgres.lockNotGot || code === postgres.tooLong) {
    return new HttpProblem(503, 'storage.busy', '数据库正忙，本次操作没有保存；请稍后再试', 'The database is busy and nothing of this was saved; try again in a moment')
  }
  if (hasNoConnection(error) || primary === sqlite.ioError || primary === sqlite.cannotOpen || code === 'EIO' || code === 'ECONNREFUSED' || isOf(postgres.gone)) {
    return new HttpProblem(503, 'storage.unavailable', '数据库暂不可用，本次操作没有保存；请检查磁盘或数据库服务', 'The database is not available and nothing of this was saved; check the disk or the database server')
  }
  return undefined
}

/** What Fastify and Node say about a request that never reached a handler, in words of ours. Unknown faults give undefined. */
export function problemOfFault(error: unknown): HttpProblem | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { statusCode: status, code } = error as { statusCode?: unknown; code?: unknown }
  const storage = storageProblem(error)
  if (storage) return storage
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') return new HttpProblem(400, 'request.truncated', '请求在传完之前中断', 'The request ended before it was complete')
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  if (status === 413) return new HttpProblem(413, 'request.too-large', '请求内容超过上限', 'The request body is over the limit')
  if (status === 414) return new HttpProblem(414, 'request.url-too-long', '地址过长', 'The address is too long')
  if (status === 415) return new HttpProblem(415, 'request.media-type', '不支持这种内容类型，请用 application/json', 'This content type is not supported; send application/json')
  if (status === 404) return new HttpProblem(404, 'route.not-found', '没有这个地址', 'There is no such address')
  if (status === 429) return new HttpProblem(429, 'rate.exceeded', '请求过于频繁，请稍后再试', 'Too many requests; wait a little and try again')
  if (code === 'FST_ERR_BAD_URL') return new HttpProblem(400, 'request.url', '地址中的百分号编码无效', 'The percent-encoding of the address is invalid')
  return new HttpProblem(status, 'request.malformed', '请求格式有误', 'The request is malformed')
}
