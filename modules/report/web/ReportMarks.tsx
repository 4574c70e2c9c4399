import { Mark } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { ReportRow } from '../report.api.ts'
import { deskTexts } from './deskTexts.ts'
import { useDivisions } from './normsApi.ts'
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

/** 乌什县 亚曼苏乡: the division by its name (its code until it is read) and the address within it. */
export function PlaceText({ place }: { place: ReportRow['place'] }) {
  const { data } = useDivisions(place.division)
  const name = data?.items.find((item) => item.code === place.division)?.name ?? place.division
  return <>{[name, place.address].filter(Boolean).join(' ')}</>
}
