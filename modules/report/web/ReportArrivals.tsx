import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useCallback } from 'react'
import { api } from '#core/ui/web/api.ts'
import { useBadgeIcon } from '#core/ui/web/badgeIcon.ts'
import { chime } from '#core/ui/web/chime.ts'
import { useNews, type LiveFact } from '#core/ui/web/live.ts'
import { useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { CountsAnswer, ReportRow } from '../report.api.ts'
import { deskTexts } from './deskTexts.ts'

/** Facts that somebody here should hear about, when they come from another station. */
const heard = new Set(['report.sent.v1', 'report.forwarded.v1', 'report.urged.v1', 'report.returned.v1', 'report.instructed.v1'])

/** On every page: the count of unaccepted reports on the tab, a sound and a note when one arrives. Draws nothing itself. */
export function ReportArrivals() {
  const say = useText(deskTexts)
  const navigate = useNavigate()
  const { notification } = App.useApp()
  const counts = useQuery({ queryKey: ['report', 'counts'], queryFn: ({ signal }) => api.get<CountsAnswer>('/api/reports/counts', { signal }), refetchInterval: 15_000 })
  const unaccepted = counts.data?.unaccepted ?? 0
  useWindowTitle({ badge: unaccepted })
  useBadgeIcon(unaccepted)

  useNews(useCallback((facts: LiveFact[]) => {
    const arrived = facts.filter((fact) => fact.arrived && heard.has(fact.type))
    if (arrived.length === 0) return
    chime(arrived.some((fact) => fact.type !== 'report.sent.v1'))
    const sent = arrived.find((fact) => fact.type === 'report.sent.v1')
    if (!sent) return
    const id = sent.subject.slice('report/'.length)
    void api.get<ReportRow>(`/api/reports/${id}`).then((report) => {
      const open = () => {
        notification.destroy(id)
        void navigate({ to: `/reports/${id}` })
      }
      notification.info({ key: id, title: say('arrived'), description: `${report.title} · ${say('arrived.from', { station: report.stationName })}`, duration: 12, actions: <Button size="small" type="primary" onClick={open}>{say('arrived.open')}</Button> })
    }, () => undefined)
  }, [navigate, notification, say]))
  return null
}
