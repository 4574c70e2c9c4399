import { SafetyCertificateOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { Panel } from '#core/ui/web/PageFrame.tsx'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { auditTexts } from './auditTexts.ts'

interface Verdict {
  checked: number
  bad: { fact: string; reason: string }[]
  gaps: { from: number; to: number }[]
}

/** Reads every stored fact again and says what is not sound. */
export function VerifyRun() {
  const say = useText(auditTexts)
  const verify = useMutation({ mutationFn: () => api.get<Verdict>('/api/ledger/verify') })
  return (
    <Panel>
      <div className="row">
        <Button type="primary" icon={<SafetyCertificateOutlined />} loading={verify.isPending} onClick={() => verify.mutate()}>{say('verify.do')}</Button>
        <span className="soft small" role="status">{say(verify.isPending ? 'verify.running' : 'verify.hint')}</span>
      </div>
      {verify.error ? <div style={{ marginTop: 12 }}><FaultNote error={verify.error} /></div> : null}
      {verify.data ? <Result verdict={verify.data} /> : null}
      {verify.data?.gaps.map(({ from, to }) => <Alert key={from} style={{ marginTop: 12 }} type="warning" showIcon role="alert" title={say('verify.gap', { from, to })} />)}
    </Panel>
  )
}

function Result({ verdict: { checked, bad } }: { verdict: Verdict }) {
  const say = useText(auditTexts)
  if (bad.length === 0) return <Alert style={{ marginTop: 12 }} type="success" showIcon role="status" title={say('verify.clean', { n: checked })} />
  return <Alert style={{ marginTop: 12 }} type="error" showIcon role="alert" title={say('verify.bad', { n: checked, bad: bad.length })} description={<ul>{bad.map((b) => <li key={`${b.fact} ${b.reason}`}><span className="mono">{b.fact}</span> {b.reason}</li>)}</ul>} />
}
