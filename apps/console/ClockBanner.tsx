import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Popconfirm } from 'antd'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { api, isApiFault } from '#core/ui/web/api.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

interface ClockAnswer { now: number; aheadMs: number; isSilent: boolean; slowedMs: number; aheadOfParentMs: number | null }

/** Ahead by more, others hold back what this station states; behind by as much, what others state waits here. */
const noticedMs = 5 * 60_000

/** On every page: a clock that keeps this station from stating anything, or others from believing it, and what to do. */
export function ClockBanner() {
  const say = useText(consoleTexts)
  const { person } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const clock = useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => api.get<ClockAnswer>('/api/clock', { signal }), refetchInterval: 10_000 })
  const mend = useMutation({
    mutationFn: () => api.post('/api/clock/mend', { sure: true }),
    onSuccess: () => { void client.invalidateQueries(); void message.success(say('clock.mended')) },
    onError: (error: unknown) => { void message.error(isApiFault(error) ? error.problem.detail : String(error)) },
  })
  if (!clock.data) return null
  const spanOf = (ms: number) => {
    const minutes = Math.round(ms / 60_000)
    if (minutes < 120) return say('clock.minutes', { n: Math.max(1, minutes) })
    return minutes < 2880 ? say('clock.hours', { n: Math.round(minutes / 60) }) : say('clock.days', { n: Math.round(minutes / 1440) })
  }
  const { now, aheadMs, isSilent, aheadOfParentMs } = clock.data
  if (isSilent) {
    const canMend = person.roles.includes('admin')
    return (
      <Alert className="banner" banner type="error" role="alert" title={say(canMend ? 'clock.silent.admin' : 'clock.silent', { span: spanOf(aheadMs) })}
        action={canMend ? <Popconfirm title={say('clock.sure', { time: beijingMinute(now) })} okText={say('clock.sure.yes')} onConfirm={() => mend.mutate()}><Button size="small" danger loading={mend.isPending}>{say('clock.mend')}</Button></Popconfirm> : undefined} />
    )
  }
  if (aheadOfParentMs !== null && Math.abs(aheadOfParentMs) > noticedMs) {
    return <Alert className="banner" banner type="warning" role="alert" title={say(aheadOfParentMs > 0 ? 'clock.ahead' : 'clock.behind', { span: spanOf(Math.abs(aheadOfParentMs)) })} />
  }
  return null
}
