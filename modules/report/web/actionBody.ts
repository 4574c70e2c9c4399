import type { Grade } from '#modules/norms/index.ts'
import type { Action, ReportAnswer } from '../report.api.ts'
import type { Attachment } from '#core/kernel/index.ts'

/** Everything any dialog may ask; each asks its own part. */
export interface Asked {
  comment: string
  reason: string
  note: string
  text: string
  outcome: string
  level: Grade | ''
  to: string[]
  station: string
  due: string
  instructionId: string
  done: boolean
  into: string
  attachments: Attachment[]
}
export type AskedField = keyof Asked

export const actionFields: Record<Exclude<Action, 'edit' | 'submit'>, readonly AskedField[]> = {
  sign: ['comment', 'level'],
  accept: ['comment'],
  return: ['reason'],
  forward: ['to', 'note'],
  urge: ['text', 'station'],
  instruct: ['text', 'due', 'to'],
  feedback: ['text', 'instructionId', 'done', 'attachments'],
  merge: ['into', 'reason'],
  close: ['outcome'],
}

/** The first instruction that still waits for this station is what one wants to answer. */
export function startAsked(report: ReportAnswer, self: string, due: string): Asked {
  const open = report.instructions.find((i) => i.to.includes(self) && !i.feedback.some((f) => f.station === self && f.done)) ?? report.instructions[0]
  return { comment: '', reason: '', note: '', text: '', outcome: '', level: '', to: [], station: '', due, instructionId: open?.instructionId ?? '', done: true, into: '', attachments: [] }
}

const wanted: Partial<Record<Action, readonly AskedField[]>> = { return: ['reason'], instruct: ['text', 'due'], feedback: ['text', 'instructionId'], merge: ['into', 'reason'] }

/** The request's body: empty answers are left out; or the field that must be filled first. */
export function actionBody(action: keyof typeof actionFields, asked: Asked, readTime: (text: string) => number | null): { body: Record<string, unknown> } | { wanted: AskedField } {
  const body: Record<string, unknown> = {}
  for (const field of actionFields[action]) {
    const value = field === 'due' ? readTime(asked.due) : asked[field]
    const said = typeof value === 'string' ? value.trim() : value
    if (said !== '' && said !== null && !(Array.isArray(said) && said.length === 0)) body[field] = said
    else if (wanted[action]?.includes(field)) return { wanted: field }
  }
  return { body }
}
