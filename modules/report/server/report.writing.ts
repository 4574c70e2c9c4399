import { isRefusal, refuse, type Attachment, type FieldFault, type Refusal } from '#core/kernel/index.ts'
import { idOfSubject, maxAheadMs, modeOfSubject, newSubject, type FactDraft, type Mode } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Files } from '#core/files/server/files.ts'
import { incidentSubject, incidentType, mergedInto, openIncident } from '#modules/incident/index.ts'
import { findCode, type Norms } from '#modules/norms/index.ts'
import type { Content } from '../report.facts.ts'
import { draft, incidentTitle } from '../report.decide.ts'
import { reportType } from '../report.rules.ts'
import type { ReportState } from '../report.state.ts'
import { normsOf } from './report.reading.ts'
import { reportByRequest } from './report.queries.ts'

/** What a person writes, before it belongs to an incident. */
export type Writing = Omit<Content, 'incidentId'>

export interface NewReport {
  writing: Writing
  attachments: Attachment[]
  incidentId?: string
  mode?: Mode
  /** The same key again finds the same report. */
  requestKey?: string
}

/** A new draft; opens an incident when none is named. */
export async function draftReport(writer: Writer, { writing, attachments, incidentId, mode, requestKey }: NewReport): Promise<ReportState> {
  const before = requestKey === undefined ? undefined : await reportByRequest(writer.tx, requestKey)
  if (before !== undefined) return writer.state(reportType, before)
  const norms = await normsOf(writer, writer.now)
  checkAgainst(norms, writing, writer.now)
  const incident = incidentId === undefined ? await openedIncident(writer, norms, writing, mode ?? 'actual') : await knownIncident(writer, incidentId, mode)
  const subject = newSubject('report', writer.self, modeOfSubject(incidentSubject(incident)), writer.now)
  const empty = await writer.state(reportType, subject)
  await appendAll(writer, draft(empty, { content: { ...writing, incidentId: incident }, attachments, requestKey }))
  return writer.state(reportType, subject)
}

/** The whole content again; the incident stays. */
export async function redraftReport(writer: Writer, state: ReportState, writing: Writing, attachments: Attachment[], basedOn?: string): Promise<void> {
  const { drafted } = state
  if (basedOn !== undefined && drafted !== null && drafted.fact !== basedOn) throw refuse('report.edited-meanwhile', `${drafted.actor} 刚改过这份草稿；您写的仍在，对照后再存即以您的为准`, `${drafted.actor} has just changed this draft; what you wrote is still here, compare and save again to let yours stand`)
  checkAgainst(await normsOf(writer, writer.now), writing, writer.now)
  await appendAll(writer, draft(state, { content: { ...writing, incidentId: state.content?.incidentId ?? '' }, attachments }))
}

async function openedIncident(writer: Writer, norms: Norms, { code, title, occurredAt, learnedAt, place }: Writing, mode: Mode): Promise<string> {
  const drafts = openIncident({ subject: newSubject('incident', writer.self, mode, writer.now), code, title: incidentTitle(title), occurredAt, learnedAt, place }, { self: writer.self, norms })
  let subject = ''
  for (const opening of drafts) ({ subject } = await writer.append(opening))
  return idOfSubject(subject)
}

async function knownIncident(writer: Writer, id: string, mode: Mode | undefined): Promise<string> {
  const subject = incidentSubject(id)
  const state = /^[A-Za-z0-9]+(\.x|\.t)?$/.test(id) ? await writer.state(incidentType, subject) : null
  const fault = (zh: string, en: string) => refuse('report.incident-unfit', zh, en, [{ field: 'incidentId', message: { zh, en } }])
  if (!state?.opened) throw fault('没有这个事件；不填则新建事件', 'There is no such incident; leave it out to open one')
  const target = mergedInto(state)
  if (target !== null) throw fault(`该事件已并入 ${target}`, `That incident is merged into ${target}`)
  if (mode !== undefined && mode !== modeOfSubject(subject)) throw refuse('report.mode-mismatch', '报告与事件的模式（实战、演练、测试）须一致', 'A report has the mode of its incident', [{ field: 'mode', message: { zh: `该事件的模式为 ${modeOfSubject(subject)}`, en: `the incident is ${modeOfSubject(subject)}` } }])
  return id
}

/** What a schema cannot see: the clock and the norms. */
function checkAgainst(norms: Norms, writing: Writing, now: number): void {
  const faults: FieldFault[] = []
  if (writing.learnedAt > now + maxAheadMs) faults.push({ field: 'learnedAt', message: { zh: '不能晚于现在', en: 'must not be in the future' } })
  if ((writing.phonedAt ?? 0) > now + maxAheadMs) faults.push({ field: 'phonedAt', message: { zh: '不能晚于现在', en: 'must not be in the future' } })
  if (!findCode(norms, writing.code)) faults.push({ field: 'code', message: { zh: '没有这个事件代码，请从代码表选择', en: 'no such event code; choose one from GET /api/norms/codes' } })
  if (faults.length > 0) throw invalid(faults)
}

/** States what was decided, or throws the Refusal; `append` throws the rules' own. */
export async function appendAll(writer: Writer, decision: FactDraft[] | Refusal): Promise<void> {
  if (isRefusal(decision)) throw decision
  for (const stated of decision) await writer.append(stated)
}

/** Attachments as the store knows them: a name is the writer's, size and type are found from the bytes. */
export async function knownFiles(files: Files, attachments: Attachment[] = []): Promise<Attachment[]> {
  const faults: FieldFault[] = []
  const known: Attachment[] = []
  for (const [index, attachment] of attachments.entries()) {
    const card = await files.card(attachment.sha256)
    if (card) known.push({ ...attachment, size: card.size, mediaType: card.mediaType })
    else faults.push({ field: `attachments.${index}.sha256`, message: { zh: '没有这个文件，请先上传 (POST /api/files)', en: 'no such file here; upload it first with POST /api/files' } })
  }
  if (faults.length > 0) throw invalid(faults)
  return known
}
