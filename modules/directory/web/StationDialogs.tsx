import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Form, Input } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { FormDialog } from '#core/ui/web/FormDialog.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { StationRow } from '../directory.api.ts'
import { directoryTexts } from './directoryTexts.ts'

interface StationDialogProps {
  station: StationRow
  open: boolean
  onClose: () => void
}

export function RenameDialog({ station, open, onClose }: StationDialogProps) {
  const say = useText(directoryTexts)
  const done = useDone()
  return (
    <FormDialog<{ name: string }, StationRow>
      title={say('rename.title', { name: station.name })} open={open} onClose={onClose} initial={{ name: station.name }} okText={say('rename.do')}
      send={(values) => api.patch(`/api/stations/${encodeURIComponent(station.address)}`, values)} onDone={() => done(say('rename.done'))}
    >
      <Form.Item name="name" label={say('enrol.name')} rules={[{ required: true, whitespace: true, message: say('enrol.name.need') }]}><Input maxLength={64} autoFocus /></Form.Item>
    </FormDialog>
  )
}

export function RevokeDialog({ station, open, onClose }: StationDialogProps) {
  const say = useText(directoryTexts)
  const done = useDone()
  return (
    <FormDialog<{ reason: string }, StationRow>
      title={say('revoke.title', { name: station.name })} open={open} onClose={onClose} initial={{ reason: '' }} okText={say('revoke.do')} danger
      send={(values) => api.post(`/api/stations/${encodeURIComponent(station.address)}/revoke`, values)} onDone={() => done(say('revoke.done', { name: station.name }))}
    >
      <Alert type="warning" showIcon title={say('revoke.intro')} className="form-fault" />
      <Form.Item name="reason" label={say('revoke.reason')} rules={[{ required: true, whitespace: true, message: say('revoke.reason.need') }]}><Input.TextArea maxLength={200} rows={3} autoFocus /></Form.Item>
    </FormDialog>
  )
}

function useDone(): (words: string) => void {
  const client = useQueryClient()
  const { message } = App.useApp()
  return (words) => {
    void message.success(words)
    void client.invalidateQueries({ queryKey: ['station'] })
  }
}
