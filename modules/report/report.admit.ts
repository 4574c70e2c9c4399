import { isWithin, refuse, unknownType, type Refusal } from '#core/kernel/index.ts'
import { isMadeAt, modeOfSubject, wallOf, type Fact } from '#core/ledger/index.ts'
import { isReasonableDue } from './report.clocks.ts'
import type { ReportBody, ReportFactType } from './report.facts.ts'
import { doneBy, hopOf, isParty, type ReportState } from './report.state.ts'

/**
 * May this station state this about this report now? The one judge of authority and order: commands do not repeat
 * these rules, `append` asks them here, and so does every other station when the fact arrives.
 *
 * Two stations act while apart, so a rule is strict about what the stating station must have known — its own earlier
 * facts and what they answer — and lenient about what others stated meanwhile: an acceptance that crosses a closing stands.
 */
export function admitReport(fact: Fact, state: ReportState): Refusal | null {
  if (!Object.hasOwn(rules, fact.type)) return unknownType()
  return (rules[fact.type as ReportFactType] as Rule)(state, fact, fact.body)
}

type Rule = (state: ReportState, fact: Fact, body: unknown) => Refusal | null

const rules: { [Type in ReportFactType]: (state: ReportState, fact: Fact, body: ReportBody<Type>) => Refusal | null } = {
  'report.drafted.v1': (state, fact, body) => {
    if (state.author === null && !isMadeAt(fact.subject, fact.station)) return notYours()
    if (state.author !== null && state.author !== fact.station) return notYours()
    if (state.sent) return alreadySent()
    if (state.submitted) return refuse('report.already-submitted', '报告已送审，退回后才能修改', 'The report is with the leader; it can be edited after it is returned')
    if (modeOfSubject(body.content.incidentId) !== state.mode) return modeMismatch()
    if (state.content && state.content.incidentId !== body.content.incidentId) return refuse('report.incident-fixed', '报告所属事件不能更改', 'A report cannot move to another incident')
    return null
  },
  'report.submitted.v1': (state, fact) => {
    if (!isAuthor(state, fact)) return notYours()
    if (state.sent) return alreadySent()
    if (state.submitted) return refuse('report.already-submitted', '报告已经送审', 'The report is submitted already')
    return null
  },
  'report.returned.v1': (state, fact) => {
    if (isAuthor(state, fact)) {
      if (state.sent) return alreadySent()
      return state.submitted ? null : notSubmitted()
    }
    return receivers(state, fact)
  },
  'report.signed.v1': (state, fact) => {
    if (!isAuthor(state, fact)) return notYours()
    if (state.sent || state.signed) return alreadySent()
    return state.submitted ? null : notSubmitted()
  },
  'report.sent.v1': (state, fact) => {
    if (!isAuthor(state, fact)) return notYours()
    if (state.sent) return alreadySent()
    return state.signed ? null : refuse('report.not-signed', '报告尚未签批', 'The report is not signed yet')
  },
  'report.received.v1': (state, fact) => receivers(state, fact)
    ?? (hopOf(state, fact.station)?.received ? refuse('report.already-received', '本站已回执', 'This station has answered with its receipt already') : null),
  'report.accepted.v1': (state, fact) => receivers(state, fact)
    ?? (hopOf(state, fact.station)?.accepted ? refuse('report.already-accepted', '本站已签收', 'This station has accepted the report already') : null),
  'report.forwarded.v1': (state, fact) => parties(state, fact) ?? (state.hops.length + fact.to.length > maxHops ? tooMany() : null),
  'report.followed.v1': (state, fact, body) => {
    if (!isAuthor(state, fact)) return notYours()
    if (!state.sent) return notSent()
    return modeOfSubject(body.by) === state.mode ? null : modeMismatch()
  },
  'report.merged.v1': (state, fact, body) => {
    const refusal = parties(state, fact)
    if (refusal) return refusal
    if (!isAuthor(state, fact) && !(state.author && isWithin(state.author, fact.station))) return notYours()
    if (state.merged) return refuse('report.already-merged', `报告已并入 ${state.merged.into}`, `The report is merged into ${state.merged.into} already`)
    if (body.into === state.id) return refuse('report.merged-into-itself', '报告不能并入自身', 'A report cannot be merged into itself')
    return modeOfSubject(body.into) === state.mode ? null : modeMismatch()
  },
  'report.urged.v1': (state, fact, body) => {
    const refusal = parties(state, fact)
    if (refusal) return refusal
    if (!isParty(state, body.station)) return refuse('report.not-a-receiver', `${body.station} 不是本报告的报送或接收单位`, `${body.station} neither sent nor receives this report`)
    const again = body.cause !== 'by-hand' && state.urges.some((urge) => urge.station === fact.station && urge.cause === body.cause && urge.urged === body.station && urge.due === body.due)
    return again ? refuse('report.already-urged', '同一事由已催报', 'Already urged for this cause') : null
  },
  'report.instructed.v1': (state, fact, body) => {
    const refusal = parties(state, fact)
    if (refusal) return refusal
    const above = body.to.find((station) => !isWithin(station, fact.station))
    if (above !== undefined) return refuse('report.not-below', `${above} 不在本站辖区内，不能批示`, `${above} is not below this station: it takes no instruction from here`)
    // Else a station between could backdate an instruction of its own under this id and push out the one from above.
    if (!isMadeAt(`instruction/${body.instructionId}`, fact.station)) return refuse('report.instruction-not-yours', '批示编号不是本站生成的', 'This instruction id was made at another station')
    if (!isReasonableDue(body.due, wallOf(fact))) return refuse('report.due-unreasonable', '办理时限须在批示之后、400 天之内', 'The due time must come after the instruction and within 400 days', [{ field: 'due', message: { zh: '须在 400 天之内', en: 'must be within 400 days' } }])
    if (state.instructions.filter((known) => known.station === fact.station).length >= maxInstructions) return tooMany()
    if (state.hops.length + body.to.length > maxHops) return tooMany()
    if (state.instructions.some((known) => known.instructionId === body.instructionId)) return refuse('report.instruction-known', '批示编号重复', 'This instruction id is taken')
    return null
  },
  'report.feedback.v1': (state, fact, body) => {
    const instruction = state.instructions.find((known) => known.instructionId === body.instructionId)
    if (!instruction) return refuse('report.instruction-unknown', '没有这条批示', 'There is no such instruction')
    if (!instruction.to.includes(fact.station)) return refuse('report.not-instructed', '这条批示不是给本站的', 'This instruction is not addressed to this station')
    return doneBy(instruction, fact.station) ? refuse('report.instruction-done', '本站已反馈办结这条批示', 'This station has reported this instruction done already') : null
  },
  'report.closed.v1': (state, fact) => {
    if (!isAuthor(state, fact)) return notYours()
    if (!state.sent) return notSent()
    return state.closed ? refuse('report.already-closed', '报告已办结', 'The report is closed already') : null
  },
}

/** Instructions that one station gives on one report, and stations that one report is for: every county of the region and its departments thrice over. */
const maxInstructions = 40
const maxHops = 600
const tooMany = () => refuse('report.too-many', '一份报告的批示或接收单位过多', 'One report has too many instructions or receivers')

function isAuthor(state: ReportState, fact: Fact): boolean {
  return state.author === fact.station
}

function receivers(state: ReportState, fact: Fact): Refusal | null {
  if (!state.sent) return state.author === fact.station ? notSent() : notYours()
  return hopOf(state, fact.station) ? null : notYours()
}

function parties(state: ReportState, fact: Fact): Refusal | null {
  if (!isParty(state, fact.station)) return notYours()
  return state.sent ? null : notSent()
}

const notYours = () => refuse('report.not-yours', '本站无权对这份报告作此操作', 'This station has no authority for this step on this report')
const notSent = () => refuse('report.not-sent', '报告尚未上报', 'The report is not sent yet')
const notSubmitted = () => refuse('report.not-submitted', '报告尚未送审', 'The report is not submitted yet')
const alreadySent = () => refuse('report.already-sent', '报告已上报，不能再改；如需更正请续报', 'The report is sent; correct it with a follow-up')
const modeMismatch = () => refuse('report.mode-mismatch', '实战与演练、测试的记录不能互相引用', 'Actual, exercise and test records cannot refer to each other')
