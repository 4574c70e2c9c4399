/** A sentence for the user in the two languages every screen has. */
export interface Sentence {
  zh: string
  en: string
}

/** One thing wrong with one input field, and how to mend it. `field` is a JSON path such as `figures.deaths`. */
export interface FieldFault {
  field: string
  message: Sentence
}

/**
 * A *no* that the user can understand: the rules forbid it, nothing is broken.
 * `code` is stable (`report.not-signed`); it is thrown through the write path and mapped once, in `core/http`.
 */
export class Refusal extends Error {
  readonly code: string
  readonly sentence: Sentence
  readonly fields: FieldFault[]

  constructor(code: string, sentence: Sentence, fields: FieldFault[] = []) {
    super(`${code}: ${sentence.en}`)
    this.name = 'Refusal'
    this.code = code
    this.sentence = sentence
    this.fields = fields
  }
}

/** Shorthand for rules: `return refuse('report.not-signed', '报告尚未签批', 'The report is not signed yet')`. */
export function refuse(code: string, zh: string, en: string, fields: FieldFault[] = []): Refusal {
  return new Refusal(code, { zh, en }, fields)
}

/** Of a module's rules, asked for a type that its noun does not have: what is not understood is given no authority. */
export function unknownType(): Refusal {
  return refuse('fact.unknown-type', '不认识的事实类型', 'A type of fact that is not known here')
}

export function isRefusal(value: unknown): value is Refusal {
  return value instanceof Refusal
}
