import type { Sentence } from '#core/kernel/index.ts'
import type { QualityAnswer } from './report.api.ts'
import { deadlinesOf, type Deadline } from './report.deadlines.ts'
import type { ReportState } from './report.state.ts'

export type QualityWeights = Record<'timeliness' | 'completeness' | 'accuracy' | 'closure', number>

/** The shipped weights 40/25/20/15; norms may set others. */
export const defaultWeights: QualityWeights = { timeliness: 40, completeness: 25, accuracy: 20, closure: 15 }

/**
 * The score of a sent report: a pure function of its facts, the weights and *now*, so both ends compute the same.
 * Each line says why and names the facts that prove it. What is not due yet costs nothing.
 */
export function qualityOf(state: ReportState, weights: QualityWeights, now: number): QualityAnswer | null {
  const { sent, author } = state
  if (!sent) return null
  const own = deadlinesOf(state, now).filter((deadline) => deadline.station === author && (deadline.metAt !== null || deadline.late))
  const asked = [...new Set([...sent.required, ...sent.expected])]
  const corrected = [...new Set(state.followed.flatMap((later) => later.corrected))]
  const lines: QualityAnswer['lines'] = [
    line('timeliness', weights, inTime(own.filter(({ kind }) => kind === 'phone' || kind === 'written'), sent.fact)),
    line('completeness', weights, {
      share: asked.length === 0 ? 1 : (asked.length - sent.missing.length) / asked.length,
      why: { zh: `应报 ${asked.length} 项，缺 ${sent.missing.length} 项`, en: `${asked.length} fields asked, ${sent.missing.length} missing` },
      facts: [sent.fact],
    }),
    line('accuracy', weights, {
      share: Math.max(0, 1 - corrected.length * costOfOneCorrection),
      why: corrected.length === 0 ? { zh: '数据未被更正', en: 'No figure was corrected' } : { zh: `其后更正 ${corrected.length} 项数据`, en: `${corrected.length} figures were corrected later` },
      facts: state.followed.filter((later) => later.corrected.length > 0).map((later) => later.fact),
    }),
    line('closure', weights, inTime(own.filter(({ kind }) => kind === 'followUp' || kind === 'final' || kind === 'instruction'), sent.fact)),
  ]
  return { score: round(lines.reduce((sum, { points }) => sum + points, 0)), lines }
}

/** Four figures corrected leave nothing of the accuracy points. */
const costOfOneCorrection = 0.25

interface Finding {
  share: number
  why: Sentence
  facts: string[]
}

function inTime(judged: Deadline[], startedBy: string): Finding {
  const late = judged.filter((deadline) => deadline.late)
  return {
    share: judged.length === 0 ? 1 : (judged.length - late.length) / judged.length,
    why: judged.length === 0 ? { zh: '尚无到期事项', en: 'Nothing is due yet' } : { zh: `到期 ${judged.length} 项，逾期 ${late.length} 项`, en: `${judged.length} due, ${late.length} late` },
    facts: [...new Set([startedBy, ...judged.flatMap(({ by }) => by ?? [])])],
  }
}

function line(name: keyof QualityWeights, weights: QualityWeights, { share, why, facts }: Finding): QualityAnswer['lines'][number] {
  return { name, points: round(weights[name] * share), of: weights[name], why, facts }
}

function round(points: number): number {
  return Math.round(points * 10) / 10
}
