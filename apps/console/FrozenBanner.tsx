import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

/** Calls those who can do something about it to records that are frozen. */
export function FrozenBanner() {
  const say = useText(consoleTexts)
  const faults = useQuery({ queryKey: ['ledger-faults'], queryFn: ({ signal }) => api.get<{ total: number }>('/api/ledger/faults', { signal }), refetchInterval: 30_000 })
  const total = faults.data?.total ?? 0
  return total === 0 ? null : <Alert className="banner" banner type="warning" role="alert" title={say('frozen', { n: total })} action={<Link to="/audit">{say('frozen.open')}</Link>} />
}
