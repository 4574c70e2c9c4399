import { useQuery } from '@tanstack/react-query'
import { Alert, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { focusDialog } from '#core/ui/web/dialogFocus.ts'
import { FaultNote, Fetched } from '#core/ui/web/States.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { CountdownText, TimeText } from '#core/ui/web/TimeText.tsx'
import type { PreviewAnswer } from '../report.api.ts'
import { useFieldName, useStationName } from './names.ts'
import { LevelMark } from './ReportMarks.tsx'
import { reportTexts } from './reportTexts.ts'

/** Before 送审: what is missing, who will receive it, which clocks run. */
export function SendCheck({ id, uploading, onClose, onSent }: { id: string; uploading: number; onClose: () => void; onSent: () => void }) {
  const say = useText(reportTexts)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const preview = usePreview(id)
  // The button cannot take the focus while it waits to know what is missing.
  useEffect(() => focusDialog(!preview.isPending), [preview.isPending])
  const submit = async () => {
    setBusy(true)
    try {
      await api.post(`/api/reports/${id}/submit`)
      onSent()
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open afterOpenChange={focusDialog} title={say('check.title')} width={640} onCancel={onClose} onOk={() => { void submit() }} confirmLoading={busy} cancelText={say('check.back')}
      okText={say(preview.data?.obstacle ? 'check.submitAnyway' : 'submit')} okButtonProps={{ disabled: preview.isPending, danger: Boolean(preview.data?.obstacle) }}
    >
      <div className="stack">
        {failure ? <FaultNote error={failure} /> : null}
        {uploading > 0 ? <Alert type="warning" showIcon title={say('check.uploading', { n: uploading })} /> : null}
        <Fetched query={preview}>{(data) => <PreviewFacts preview={data} />}</Fetched>
      </div>
    </Modal>
  )
}

export function usePreview(id: string, enabled = true) {
  return useQuery({ queryKey: ['report', id, 'preview'], queryFn: ({ signal }) => api.get<PreviewAnswer>(`/api/reports/${id}/preview`, { signal }), enabled, staleTime: 0, gcTime: 0 })
}

/** Missing, level, receivers, deadlines. */
export function PreviewFacts({ preview }: { preview: PreviewAnswer }) {
  const say = useText(reportTexts)
  const [language] = useLanguage()
  const fieldName = useFieldName()
  const stationName = useStationName()
  const { missing, level, receivers, deadlines, obstacle } = preview
  return (
    <>
      {obstacle ? <Alert type="error" showIcon role="alert" title={obstacle.detail[language]} /> : null}
      {missing.length > 0
        ? <Alert type="warning" showIcon title={say('check.missing', { n: missing.length })} description={missing.map(fieldName).join(language === 'zh' ? '、' : ', ')} />
        : <Alert type="success" showIcon title={say('check.complete')} />}
      <dl className="facts">
        <dt>{say('check.level')}</dt><dd><LevelMark level={level} /></dd>
        <dt>{say('check.receivers')}</dt><dd>{receivers.length > 0 ? receivers.map((r) => r.name).join(language === 'zh' ? '、' : ', ') : say('check.nobody')}</dd>
        <dt>{say('check.deadlines')}</dt>
        <dd>
          <ul className="plain-list">
            {deadlines.map((d) => <li key={`${d.kind} ${d.station}`} className="row"><span>{say(`deadline.${d.kind}`)}</span><span className="soft small">{stationName(d.station)}</span><TimeText at={d.due} /><CountdownText due={d.due} /></li>)}
          </ul>
        </dd>
      </dl>
    </>
  )
}
