import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import type { Person } from '#core/http/roles.ts'
import { api } from '#core/ui/web/api.ts'
import { useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { StationFace } from '#core/ui/web/session.ts'
import { AloneFrame } from './AloneFrame.tsx'
import { consoleTexts } from './consoleTexts.ts'

const shortest = 10

/** Production's first start prints a link to here; it sets up the first person, once. */
export function Setup({ station }: { station: StationFace }) {
  const say = useText(consoleTexts)
  const client = useQueryClient()
  const navigate = useNavigate()
  const token = new URLSearchParams(location.search).get('token') ?? ''
  useWindowTitle({ page: say('setup.title') })
  const setUp = useMutation({
    mutationFn: ({ account, name, password }: { account: string; name: string; password: string }) => api.post<{ person: Person }>('/api/setup', { token, account, name, password }),
    onSuccess: async ({ person }) => {
      client.setQueryData(['session'], person)
      await navigate({ to: '/', replace: true })
    },
  })
  return (
    <AloneFrame station={station} title={say('setup.title')}>
      <p className="soft">{say(token ? 'setup.intro' : 'setup.noToken')}</p>
      {token ? (
        <Form layout="vertical" requiredMark={false} onFinish={(who: { account: string; name: string; password: string }) => setUp.mutate(who)} style={{ marginTop: 16 }}>
          <Form.Item name="name" label={say('setup.name')} rules={[{ required: true, message: say('setup.needName') }]}><Input autoFocus autoComplete="name" maxLength={64} /></Form.Item>
          <Form.Item name="account" label={say('signIn.account')} rules={[{ required: true, message: say('signIn.needAccount') }]}><Input autoComplete="username" maxLength={64} /></Form.Item>
          <Form.Item name="password" label={say('signIn.password')} rules={[{ required: true, min: shortest, message: say('setup.short', { n: shortest }) }]}><Input.Password autoComplete="new-password" maxLength={200} /></Form.Item>
          <Form.Item name="repeat" label={say('setup.repeat')} dependencies={['password']} rules={[({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(say('setup.differ')))) })]}><Input.Password autoComplete="new-password" maxLength={200} /></Form.Item>
          {setUp.error ? <Form.Item><FaultNote error={setUp.error} /></Form.Item> : null}
          <Button type="primary" htmlType="submit" block loading={setUp.isPending}>{say('setup.do')}</Button>
        </Form>
      ) : <Alert style={{ marginTop: 16 }} type="warning" showIcon title={say('setup.noToken')} />}
    </AloneFrame>
  )
}
