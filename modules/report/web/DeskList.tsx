import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useNow } from '#core/ui/web/now.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useText } from '#core/ui/web/texts.ts'
import { CountdownText, TimeText } from '#core/ui/web/TimeText.tsx'
import type { ListAnswer, ReportRow } from '../report.api.ts'
import { LevelMark, PlaceText, StatusMark } from './ReportMarks.tsx'
import { deskTexts } from './deskTexts.ts'
import { casualtiesOf, edgeOf, waitsHere, type DeskFilter } from './deskView.ts'

export function DeskList({ list, filter, onShow, empty }: { list: ListAnswer; filter: DeskFilter; onShow: (change: Partial<DeskFilter>) => void; empty: string }) {
  const say = useText(deskTexts)
  const now = useNow()
  const { station } = useSession()
  const columns: Column<ReportRow>[] = [
    { key: 'title', title: say('column.title'), sort: 'title', render: (row) => <Title row={row} /> },
    { key: 'level', title: say('column.level'), sort: 'level', width: 104, render: (row) => <LevelMark level={row.level} /> },
    { key: 'figures', title: say('column.figures'), width: 170, render: (row) => <Casualties row={row} /> },
    { key: 'place', title: say('column.place'), width: 150, wideOnly: true, render: (row) => <PlaceText place={row.place} /> },
    ...(filter.box === 'out' ? [] : [{ key: 'station', title: say('column.station'), width: 104, render: (row: ReportRow) => row.stationName }]),
    { key: 'status', title: say('column.status'), width: 84, render: (row) => (waitsHere(row, station.address) ? <Mark tone="blue" solid>{say('count.unaccepted')}</Mark> : <StatusMark status={row.status} />) },
    { key: 'due', title: say('column.deadline'), sort: 'nextDue', width: 112, render: (row) => (row.nextDue === null ? (row.late ? <Mark tone="alarm">{say('late')}</Mark> : null) : <CountdownText due={row.nextDue} />) },
    { key: 'learned', title: say('column.learned'), sort: 'learnedAt', width: 92, render: (row) => <TimeText at={row.learnedAt} /> },
    { key: 'changed', title: say('column.changed'), sort: 'changedAt', width: 92, wideOnly: true, render: (row) => <TimeText at={row.changedAt} /> },
    ...(filter.box === 'out' ? [] : [{ key: 'accept', title: '', width: 68, render: (row: ReportRow) => <Accept row={row} self={station.address} /> }]),
  ]
  return (
    <DataList
      label={say(`box.${filter.box}`)} rows={list.items} unreadable={list.unreadable} rowKey={(row) => row.id} columns={columns} to={(row) => `/reports/${row.id}`} edge={(row) => edgeOf(row, station.address, now)} empty={empty}
      sorting={{ by: filter.sort.replace(/^-/, ''), descending: filter.sort.startsWith('-') }} onSort={({ by, descending }) => onShow({ sort: descending ? `-${by}` : by })}
      paging={{ page: filter.page, size: filter.size, total: list.total, onPage: (page, size) => onShow({ page: size === filter.size ? page : 1, size }) }}
    />
  )
}

function Title({ row }: { row: ReportRow }) {
  const say = useText(deskTexts)
  return (
    <span className="report-title">
      <Mark>{say(`kind.${row.kind}`)}</Mark>{row.mode === 'actual' ? null : <Mark tone="notice" solid>{say(`mode.${row.mode}`)}</Mark>}
      <span>{row.title}</span>
      {row.urged > 0 ? <Mark tone="warn">{say('urged', { n: row.urged })}</Mark> : null}
    </span>
  )
}

function Casualties({ row }: { row: ReportRow }) {
  const say = useText(deskTexts)
  const casualties = casualtiesOf(row.figures)
  if (casualties === 'none' || casualties === 'unknown') return <span className="soft">{say(`figures.${casualties}`)}</span>
  return <>{casualties.map(({ name, n }) => say(name, { n })).join(' · ')}</>
}

/** 签收 without leaving the list. */
function Accept({ row, self }: { row: ReportRow; self: string }) {
  const say = useText(deskTexts)
  const client = useQueryClient()
  const { message } = App.useApp()
  const { person } = useSession()
  const accept = useMutation({
    mutationFn: () => api.post(`/api/reports/${row.id}/accept`),
    onSuccess: () => {
      void message.success(say('accepted', { title: row.title }))
      return client.invalidateQueries({ queryKey: ['report'] })
    },
    onError: (error) => { void message.error(error.message) },
  })
  if (!waitsHere(row, self) || !person.roles.some((role) => role === 'duty' || role === 'leader')) return null
  return <Button size="small" type="primary" loading={accept.isPending} onClick={() => accept.mutate()} aria-label={`${say('accept')}: ${row.title}`}>{say('accept')}</Button>
}
