import { App, Form, Input } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { FormDialog } from '#core/ui/web/FormDialog.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

/** One's own password. */
export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useText(consoleTexts)
  const { message } = App.useApp()
  return (
    <FormDialog
      title={say('password.title')} open={open} onClose={onClose} initial={{ current: '', password: '' }}
      send={(values: { current: string; password: string }) => api.post('/api/session/password', values)} onDone={() => { void message.success(say('password.done')) }}
    >
      <Form.Item name="current" label={say('password.current')} rules={[{ required: true, message: say('signIn.needPassword') }]}><Input.Password autoComplete="current-password" maxLength={200} /></Form.Item>
      <Form.Item name="password" label={say('password.next')} rules={[{ required: true, message: say('signIn.needPassword') }]}><Input.Password autoComplete="new-password" maxLength={200} /></Form.Item>
    </FormDialog>
  )
}
