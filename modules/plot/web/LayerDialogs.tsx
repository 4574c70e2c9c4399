import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Modal, Select } from 'antd'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { api } from '#core/ui/web/api.ts'
import { FormDialog } from '#core/ui/web/FormDialog.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { Fetched } from '#core/ui/web/States.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import type { LayerAnswer, VerifyAnswer } from '../plot.api.ts'
import { usePlot } from './deskContext.ts'
import { plotTexts } from './plotTexts.ts'

export type LayerAct = { kind: 'new' } | { kind: 'rename' | 'grant' | 'seal' | 'verify'; layer: LayerAnswer }

const pathOf = (layer: LayerAnswer, rest = '') => `/api/layers/${encodeURIComponent(layer.id)}${rest}`

export function LayerDialogs({ act, onClose }: { act: LayerAct; onClose: () => void }) {
  const say = useText(plotTexts)
  const { desk, plot } = usePlot()
  const client = useQueryClient()
  const refresh = () => { void client.invalidateQueries({ queryKey: ['plot'] }) }
  switch (act.kind) {
    case 'new': case 'rename': return (
      <FormDialog<{ name: string }, LayerAnswer>
        open title={say(act.kind === 'new' ? 'layer.new' : 'layer.rename')} onClose={onClose} initial={act.kind === 'new' ? {} : { name: act.layer.name }}
        send={(values) => (act.kind === 'new' ? api.post(`/api/plots/${encodeURIComponent(plot.plotId)}/layers`, values) : api.patch(pathOf(act.layer), values))}
        onDone={(layer) => { refresh(); if (act.kind === 'new') desk.patch({ active: layer.id }) }}
      >
        <Form.Item name="name" label={say('layer.name')} rules={[{ required: true }]}><Input maxLength={40} autoFocus /></Form.Item>
      </FormDialog>
    )
    case 'grant': return <Grant layer={plot.layers.find(({ id }) => id === act.layer.id) ?? act.layer} onClose={onClose} onDone={refresh} />
    case 'seal': return (
      <FormDialog<object, LayerAnswer> open danger title={say('layer.sealTitle', { name: act.layer.name })} okText={say('layer.seal')} onClose={onClose} send={() => api.post(pathOf(act.layer, '/seal'))} onDone={refresh}>
        <p>{say('layer.sealMeans')}</p>
      </FormDialog>
    )
    default: return <Verify layer={act.layer} onClose={onClose} />
  }
}

function Grant({ layer, onClose, onDone }: { layer: LayerAnswer; onClose: () => void; onDone: () => void }) {
  const say = useText(plotTexts)
  const { plot } = usePlot()
  const { message } = App.useApp()
  const stationName = useStationName()
  const candidates = [...new Set(plot.layers.map(({ ownerStation }) => ownerStation))].filter((station) => station !== layer.ownerStation && !layer.grants.includes(station))
  const withdraw = async (station: string) => {
    try {
      await api.delete(`${pathOf(layer, '/grant')}?station=${encodeURIComponent(station)}`)
      onDone()
    } catch (error) {
      void message.error(error instanceof Error ? error.message : '')
    }
  }
  return (
    <FormDialog<{ station: string }, LayerAnswer> open title={`${say('layer.grant')} · ${layer.name}`} okText={say('layer.grant')} onClose={onClose} send={(values) => api.post(pathOf(layer, '/grant'), values)} onDone={onDone}>
      <p className="soft">{say('layer.grantHelp')}</p>
      {layer.grants.length > 0 ? <ul className="plain-list plot-history">{layer.grants.map((station) => <li key={station}><span className="grow">{stationName(station)}</span><Button size="small" danger aria-label={say('layer.withdrawOf', { station: stationName(station) })} onClick={() => { void withdraw(station) }}>{say('layer.withdraw')}</Button></li>)}</ul> : null}
      <Form.Item name="station" label={say('layer.grantTo')} rules={[{ required: true }]}><Select options={candidates.map((station) => ({ value: station, label: stationName(station) }))} /></Form.Item>
    </FormDialog>
  )
}

/** Every check by itself: whoever doubts sees which part is doubtful. */
function Verify({ layer, onClose }: { layer: LayerAnswer; onClose: () => void }) {
  const say = useText(plotTexts)
  const answer = useQuery({ queryKey: ['plot', 'verify', layer.id], queryFn: ({ signal }) => api.get<VerifyAnswer>(pathOf(layer, '/verify'), { signal }), staleTime: 0 })
  return (
    <Modal open title={`${say('layer.verify')} · ${layer.name}`} footer={null} onCancel={onClose}>
      <p className="soft">{say('layer.sealedAt', { by: layer.sealedBy ?? '', at: layer.sealedAt === null ? '' : beijingMinute(layer.sealedAt) })}</p>
      <Fetched query={answer}>
        {({ ok, checks }) => (
          <div className="stack">
            <p role="status"><Mark tone={ok ? 'good' : 'alarm'} solid>{say(ok ? 'layer.verified' : 'layer.notVerified')}</Mark></p>
            <ul className="plain-list plot-history">{checks.map(({ check, ok: holds, detail }) => <li key={check}><Mark tone={holds ? 'good' : 'alarm'}>{holds ? '✓' : '✗'}</Mark><span className="grow">{say(`check.${check}`)}<br /><span className="soft small">{detail}</span></span></li>)}</ul>
          </div>
        )}
      </Fetched>
    </Modal>
  )
}
