import { useDeferredValue, useMemo } from 'react'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { bodyOf, type FormState, type Measures } from './formState.ts'
import { useGrading } from './normsApi.ts'
import { LevelMark } from './ReportMarks.tsx'
import { reportTexts } from './reportTexts.ts'

/** What the grading rules make of the figures as they stand, while one types. */
export function GradingLine({ form, measures }: { form: FormState; measures: Measures | null }) {
  const say = useText(reportTexts)
  const [language] = useLanguage()
  const wanted = useMemo(() => {
    const made = bodyOf({ ...form, title: 'x', division: form.division || '0', occurredAt: '2000-01-01 00:00', learnedAt: '2000-01-01 00:00', phonedAt: '' }, measures)
    return 'body' in made && form.code !== '' ? { code: form.code, figures: made.body.figures ?? {}, attributes: made.body.attributes ?? {} } : null
  }, [form, measures])
  const asked = useDeferredValue(wanted)
  const grading = useGrading(asked as Parameters<typeof useGrading>[0])
  if (!grading.data) return null
  const { level, couldBe, clauses } = grading.data
  return (
    <p className="row grading-line">
      <span className="soft">{say('grading')}</span>
      <LevelMark level={{ initial: null, computed: level, reporting: null }} />
      {clauses.filter((clause) => clause.grade === level).slice(0, 2).map((clause) => <span key={clause.clause} className="small soft">{clause[language]}</span>)}
      {couldBe !== null && couldBe !== level ? <span className="small change-up">{say('grading.couldBe', { grade: say(`grade.${couldBe}`) })}</span> : null}
    </p>
  )
}
