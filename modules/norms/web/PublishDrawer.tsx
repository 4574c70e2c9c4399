import { DeleteOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { useSession } from '#core/ui/web/session.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { NormValueField } from './NormValueField.tsx'
import { PublishPreview, type Preview } from './PublishPreview.tsx'
import { nameOfNorm, valueInWords } from './normWords.ts'
import { normsTexts } from './normsTexts.ts'
import { useNormsVersions, type NormsAnswer, type NormsVersion } from './useNorms.ts'

/** Groups that are revised here; codes, rules and thresholds come with the program or through the API. */
const editable = ['deadline', 'reach', 'confirm', 'required', 'expected', 'weight', 'raise'] as const

/** Revising: what this station sets, a preview of what would change or be refused, then publishing. */
export function PublishDrawer({ open, onClose, norms }: { open: boolean; onClose: () => void; norms: NormsAnswer }) {
  const say = useText(normsTexts)
  const { station } = useSession()
  const versions = useNormsVersions()
  const mine = versions.data?.items.find((v) => v.station === station.address)
  return (
    <Drawer open={open} onClose={onClose} title={say('form.title', { station: station.name })} size={720} destroyOnHidden styles={{ wrapper: { maxWidth: '100vw' } }}>
      {versions.data ? <Revision key={mine?.fact ?? 'none'} norms={norms} mine={mine} onDone={onClose} /> : null}
    </Drawer>
  )
}

function Revision({ norms, mine, onDone }: { norms: NormsAnswer; mine: NormsVersion | undefined; onDone: () => void }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const client = useQueryClient()
  const { message } = App.useApp()
  const [sets, setSets] = useState<Record<string, unknown>>(mine?.sets ?? {})
  const [note, setNote] = useState('')
  const [missingNote, setMissingNote] = useState(false)
  const body = () => ({ note: note.trim(), sets })
  const preview = useMutation({ mutationFn: () => api.post<Preview>('/api/norms/preview', body()) })
  const publish = useMutation({
    mutationFn: () => api.post<NormsVersion>('/api/norms', body()),
    onSuccess: async (version) => {
      void message.success(say('form.published', { version: version.version }))
      onDone()
      await client.invalidateQueries({ queryKey: ['norms'] })
    },
  })
  const change = (next: Record<string, unknown>) => {
    setSets(next)
    preview.reset()
    publish.reset()
  }
  const withNote = (act: () => void) => {
    setMissingNote(note.trim() === '')
    if (note.trim() !== '') act()
  }
  const remove = (key: string) => change(Object.fromEntries(Object.entries(sets).filter(([other]) => other !== key)))
  const options = editable.map((group) => ({
    label: say(`group.${group}`),
    options: norms.items.filter((item) => item.group === group && !Object.hasOwn(sets, item.key)).map((item) => ({ value: item.key, label: `${nameOfNorm(item.key, say)} (${valueInWords(item.key, item.value, say, language)})` })),
  }))
  return (
    <div className="stack">
      <p className="soft small">{say('form.intro')}</p>
      <Select
        value={null} showSearch={{ optionFilterProp: 'label' }} placeholder={say('form.item')} aria-label={say('form.item')} options={options}
        onChange={(key: string | null) => { if (key) change({ ...sets, [key]: norms.items.find((item) => item.key === key)?.value }) }}
      />
      {Object.keys(sets).length === 0 ? <p className="state">{say('form.items.none')}</p> : (
        <ul className="plain-list norm-sets">
          {Object.entries(sets).map(([key, value]) => {
            const group = key.slice(0, key.indexOf('/'))
            return (
              <li key={key}>
                <div className="grow"><div><span className="soft small">{say(`group.${group}` as 'group.deadline')}</span> {nameOfNorm(key, say)}</div><NormValueField norm={key} value={value} onChange={(next) => change({ ...sets, [key]: next })} /></div>
                <Button type="text" icon={<DeleteOutlined />} aria-label={say('form.remove', { item: nameOfNorm(key, say) })} onClick={() => remove(key)} />
              </li>
            )
          })}
        </ul>
      )}
      <label className="stack" style={{ gap: 4 }}>
        <span>{say('form.note')}</span>
        <Input.TextArea value={note} onChange={(event) => setNote(event.target.value)} rows={2} maxLength={2000} placeholder={say('form.note.hint')} status={missingNote ? 'error' : undefined} aria-invalid={missingNote} />
        {missingNote ? <span className="field-fault" role="alert">{say('form.note.need')}</span> : null}
      </label>
      {preview.error ?? publish.error ? <FaultNote error={preview.error ?? publish.error} /> : null}
      {preview.data ? <PublishPreview preview={preview.data} /> : null}
      <div className="row">
        <Button onClick={() => withNote(() => preview.mutate())} loading={preview.isPending}>{say('form.preview')}</Button>
        <Button type="primary" disabled={!preview.data || preview.data.refused.length > 0} onClick={() => withNote(() => publish.mutate())} loading={publish.isPending}>{say('form.publish')}</Button>
      </div>
      {publish.isError ? <Alert type="info" title={say('form.stale')} /> : null}
    </div>
  )
}
