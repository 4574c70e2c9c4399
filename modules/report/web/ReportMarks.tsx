import { Mark } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { ReportRow } from '../report.api.ts'
import { deskTexts } from './deskTexts.ts'
import { levelTones, statusTones } from './deskView.ts'

/** The level a report goes by, in the four warning colours. */
export function LevelMark({ level }: { level: ReportRow['level'] }) {
  const say = useText(deskTexts)
  const grade = level.reporting ?? level.computed ?? level.initial
  return grade ? <Mark tone={levelTones[grade]} solid>{say(`level.${grade}`)}</Mark> : <Mark>{say('level.none')}</Mark>
}

export function StatusMark({ status }: { status: ReportRow['status'] }) {
  const say = useText(deskTexts)
  return <Mark tone={statusTones[status]}>{say(`status.${status}`)}</Mark>
}
