import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import type { Person } from '#core/http/roles.ts'
import { api } from '#core/ui/web/api.ts'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { uiTexts } from '#core/ui/web/uiTexts.ts'
import type { StationFace } from '#core/ui/web/session.ts'
import { AloneFrame } from './AloneFrame.tsx'
import { consoleTexts } from './consoleTexts.ts'

const noticeSeconds = 30
const demoAccounts = ['duty', 'leader', 'admin', 'security', 'audit'] as const

/** Signed out at any address: sign in and stay there. */
export function SignIn({ station }: { station: StationFace }) {
  const say = useText(consoleTexts)
  const sayRole = useText(uiTexts)
  const client = useQueryClient()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ account: string; password: string }>()
  useWindowTitle({ page: say('signIn.title') })
  const enter = useMutation({
    mutationFn: (who: { account: string; password: string }) => api.post<{ person: Person; notice?: string }>('/api/session', who),
    onSuccess: ({ person, notice }) => {
      if (notice) void message.warning(notice, noticeSeconds)
      client.setQueryData(['session'], person)
    },
  })
  return (
    <AloneFrame station={station} title={say('signIn.title')}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(who) => enter.mutate(who)} size="large">
        <Form.Item name="account" label={say('signIn.account')} rules={[{ required: true, message: say('signIn.needAccount') }]}><Input autoFocus autoComplete="username" maxLength={64} /></Form.Item>
        <Form.Item name="password" label={say('signIn.password')} rules={[{ required: true, message: say('signIn.needPassword') }]}><Input.Password autoComplete="current-password" maxLength={200} /></Form.Item>
        {enter.error ? <Form.Item><FaultNote error={enter.error} /></Form.Item> : null}
        <Button type="primary" htmlType="submit" block loading={enter.isPending}>{say('signIn.do')}</Button>
      </Form>
      {station.mode === 'demo' ? (
        <div className="demo-accounts">
          <p className="soft small">{say('signIn.demo')}</p>
          <div className="row">
            {demoAccounts.map((account) => <Button key={account} size="small" onClick={() => enter.mutate({ account, password: 'demo' })}>{sayRole(`role.${account}`)}</Button>)}
          </div>
          <p className="small"><Mark tone="notice">{say('top.demo')}</Mark> <span className="soft">{say('top.demo.why')}</span></p>
        </div>
      ) : null}
    </AloneFrame>
  )
}
