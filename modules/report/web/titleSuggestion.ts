import { measureNames, type FigureName, type ReportKind } from '#modules/norms/index.ts'
import type { FormState } from './formState.ts'

/** Titles are Chinese whatever the screen's language: they go out with the report. */
const kinds: Record<ReportKind, string> = { first: '首报', followUp: '续报', final: '终报', daily: '日报' }
const casualties: Partial<Record<FigureName, string>> = { deaths: '死亡', missing: '失联', seriousInjuries: '重伤', lightInjuries: '轻伤', trapped: '被困' }

/** Place + type + casualties, as reports are titled: 乌什县7.1级天然地震首报（死亡3人、重伤2人）. Empty until place and type are known. */
export function titleSuggestion(form: FormState): string {
  if (form.divisionName === '' || form.codeName === '') return ''
  const place = form.divisionName.split(/[\s/]+/).at(-1) ?? ''
  const magnitude = form.attributes.magnitude?.trim()
  const counted = measureNames.flatMap((name) => {
    const word = casualties[name]
    const { digits, unknown } = form.figures[name]
    const n = Number(digits.normalize('NFKC'))
    return word && !unknown && Number.isInteger(n) && n > 0 ? [`${word}${n}人`] : []
  })
  return `${place}${magnitude ? `${magnitude}级` : ''}${form.codeName}${kinds[form.kind]}${counted.length > 0 ? `（${counted.join('、')}）` : ''}`
}
