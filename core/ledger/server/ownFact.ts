import { refuse, type Refusal } from '#core/kernel/index.ts'
import { encode, inOrder, isTooDeep, maxFactLength, modeOfSubject, readEnvelope, type Fact, type FactDraft, type Statement } from '../index.ts'
import { frozen } from './foldStored.ts'
import type { LedgerParts } from './ledgerParts.ts'

/** A draft as a signed fact of this station at its place in the chain. Throws a Refusal for what a peer would turn away at its door: `readWire` but for the order of keys, which is ours here. */
export function ownFact(
  parts: Pick<LedgerParts, 'self' | 'signer' | 'schemas' | 'sha256'>, draft: FactDraft, place: Pick<Statement, 'seq' | 'prev' | 'at' | 'wall' | 'actor'>,
): Fact {
  const schema = parts.schemas[draft.type]
  if (!schema) throw new TypeError(`no module declares the fact type ${draft.type}`)
  const body = schema.parse(draft.body) as Record<string, unknown>
  const { statement, text } = encodeOrRefuse({ type: draft.type, subject: draft.subject, station: parts.self, to: draft.to, mode: modeOfSubject(draft.subject), body, ...place })
  if (text.length > maxFactLength) throw refuse('fact.too-large', '内容过长，请把长文本或资料作为附件上传', 'Too long; put long texts and material into attachments')
  if (text.includes('\\u0000')) throw refuse('fact.null-character', '文本中含有空字符，请删除后重试', 'The text holds a null character; remove it and try again')
  if (isTooDeep(text)) throw notAcceptable('too deep')
  const fact = readEnvelope(statement, { text, sig: parts.signer.sign(text) }, parts)
  if ('verdict' in fact) throw notAcceptable(fact.detail)
  return fact
}

function notAcceptable(detail: string): Refusal {
  return refuse('fact.not-acceptable', `内容不合规范，其他平台不会接收：${detail}`, `Other stations would turn this away: ${detail}`)
}

function encodeOrRefuse(value: Statement): { statement: Statement; text: string } {
  try {
    const statement = inOrder(value) as Statement
    return { statement, text: encode(statement) }
  } catch (error) {
    throw refuse('fact.not-acceptable', '文本中含有不完整的字符，请删除后重试', `The text holds half a character; remove it and try again: ${String(error)}`)
  }
}

// Why this station states nothing now.

export function recovering(): Refusal {
  return refuse('station.recovering', '本平台正在从上级找回备份之后的数据，完成前不能新增业务', 'This station is fetching what it stated after its backup; nothing new can be stated until that is done')
}

export function clockIsAhead(ms: number): Refusal {
  const minutes = Math.ceil(ms / 60_000)
  return refuse('station.clock-ahead', `本机时钟比已写下的记录慢约 ${minutes} 分钟，现在上报会被其他平台扣留；请系统管理员先校准时钟，仍有提示时再点“修正时钟”`,
    `This machine's clock is about ${minutes} minutes behind what was stated here; what is stated now would be held back elsewhere. Have the system administrator set the clock, and mend it if this stays`)
}

export function isFrozen(): Refusal {
  return refuse(frozen, '这条记录因一条异常数据已冻结，暂不能办理；请审计管理员在“审计”页查看', 'This record is frozen by a fact that could not be processed; the auditor sees which')
}

export function clockIsRight(): Refusal {
  return refuse('clock.not-ahead', '本平台的事实时间没有超前，无需修正', 'No fact of this station is ahead of its clock; there is nothing to mend')
}
