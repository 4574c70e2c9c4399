import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { beijingMinute } from '../beijingTime.ts'
import { api } from './api.ts'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

/** Over a record that one fact has frozen: what it shows stands still, and what has come since does not count. */
export function FrozenNote({ subject }: { subject: string }) {
  const say = useText(uiTexts)
  const frozen = useQuery({ queryKey: ['frozen', subject], queryFn: ({ signal }) => api.get<{ since: number | null }>('/api/ledger/frozen', { query: { subject }, signal }), refetchInterval: 30_000 })
  const since = frozen.data?.since
  return typeof since === 'number' ? <Alert type="error" showIcon role="alert" title={say('frozen', { time: beijingMinute(since) })} /> : null
}
