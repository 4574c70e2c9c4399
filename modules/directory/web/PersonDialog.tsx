import { useQueryClient } from '@tanstack/react-query'
import { App, Form, Input, Select } from 'antd'
import { roles, type Role } from '#core/http/roles.ts'
import { api } from '#core/ui/web/api.ts'
import { FormDialog } from '#core/ui/web/FormDialog.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { uiTexts } from '#core/ui/web/uiTexts.ts'
import type { PersonRow } from '../people.api.ts'
import { directoryTexts } from './directoryTexts.ts'
import { useUnits } from './units.ts'

interface PersonForm {
  name: string
  account: string
  roles: Role[]
  unit: string | null
  state: 'active' | 'disabled'
  password?: string
}

/** A new person, or changes to one. */
export function PersonDialog({ person, open, onClose }: { person: PersonRow | null; open: boolean; onClose: () => void }) {
  const say = useText(directoryTexts)
  const sayRole = useText(uiTexts)
  const client = useQueryClient()
  const { message } = App.useApp()
  const units = useUnits()
  const send = ({ account, state, password, unit, ...rest }: PersonForm): Promise<PersonRow> => person
    ? api.patch(`/api/people/${person.id}`, { ...rest, unit: unit ?? null, state, ...(password ? { password } : {}) })
    : api.post('/api/people', { ...rest, account, unit: unit ?? null, password })
  return (
    <FormDialog<PersonForm, PersonRow>
      title={person ? say('people.edit', { name: person.name }) : say('people.new')} open={open} onClose={onClose} send={send}
      initial={person ? { name: person.name, roles: person.roles, unit: person.unit, state: person.state, password: '' } : { name: '', account: '', roles: ['duty'], unit: null, password: '' }}
      onDone={(saved) => {
        void message.success(say('people.saved', { name: saved.name }))
        void client.invalidateQueries({ queryKey: ['people'] })
      }}
    >
      <Form.Item name="name" label={say('people.name')} rules={[{ required: true, whitespace: true, message: say('people.name.need') }]}><Input maxLength={64} autoFocus /></Form.Item>
      {person ? null : <Form.Item name="account" label={say('people.account')} rules={[{ required: true, whitespace: true, message: say('people.account.need') }]}><Input maxLength={64} autoComplete="off" /></Form.Item>}
      <Form.Item name="roles" label={say('people.roles')} rules={[{ required: true, message: say('people.roles.need') }]}><Select mode="multiple" options={roles.map((role) => ({ value: role, label: sayRole(`role.${role}`) }))} optionFilterProp="label" /></Form.Item>
      <Form.Item name="unit" label={say('people.unit')}><Select allowClear placeholder={say('people.unit.none')} options={(units.data?.items ?? []).map((unit) => ({ value: unit.id, label: unit.name }))} /></Form.Item>
      {person ? <Form.Item name="state" label={say('people.state')}><Select options={(['active', 'disabled'] as const).map((state) => ({ value: state, label: say(`people.${state}`) }))} /></Form.Item> : null}
      <Form.Item name="password" label={say(person ? 'people.password.new' : 'people.password')} rules={person ? [] : [{ required: true, message: say('people.password.need') }]}><Input.Password autoComplete="new-password" maxLength={200} /></Form.Item>
    </FormDialog>
  )
}
