import { Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { isAddress, parentOf, stationKinds } from '#core/kernel/index.ts'
import { api } from '#core/ui/web/api.ts'
import { CopyText } from '#core/ui/web/CopyText.tsx'
import { FormDialog } from '#core/ui/web/FormDialog.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { useText } from '#core/ui/web/texts.ts'
import type { StationRow } from '../directory.api.ts'
import { directoryTexts } from './directoryTexts.ts'

interface Offer {
  token: string
  address: string
  expiresAt: number
}

interface Enrolment {
  address: string
  name: string
  kind: StationRow['kind']
  expiresInHours: number
  url?: string
}

/** A one-time token for a new child station. */
export function EnrolDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useText(directoryTexts)
  const { station } = useSession()
  const [offer, setOffer] = useState<Offer | null>(null)
  return (
    <>
      <FormDialog<Enrolment, Offer>
        title={say('enrol.do')} open={open} onClose={onClose} okText={say('enrol.do')} onDone={setOffer}
        initial={{ address: `${station.address}/`, name: '', kind: 'government', expiresInHours: 72, url: '' }}
        send={(values) => api.post('/api/enrolment/tokens', { ...values, url: values.url || undefined })}
      >
        <p className="soft small form-fault">{say('enrol.intro')}</p>
        <Form.Item name="address" label={say('enrol.address')} extra={say('enrol.address.hint', { example: `${station.address}/652901` })} rules={[{ validator: (_, value: string) => (isAddress(value) && parentOf(value) === station.address ? Promise.resolve() : Promise.reject(new Error(say('enrol.address.wrong', { self: station.address })))) }]}><Input maxLength={160} /></Form.Item>
        <Form.Item name="name" label={say('enrol.name')} rules={[{ required: true, whitespace: true, message: say('enrol.name.need') }]}><Input maxLength={64} /></Form.Item>
        <Form.Item name="kind" label={say('enrol.kind')}><Select options={stationKinds.map((kind) => ({ value: kind, label: say(`kind.${kind}`) }))} /></Form.Item>
        <Hours />
        <Form.Item name="url" label={say('enrol.url')}><Input maxLength={300} placeholder={location.origin} /></Form.Item>
      </FormDialog>
      <OfferDialog offer={offer} onClose={() => setOffer(null)} />
    </>
  )
}

/** A one-time token for a station below that lost its key. */
export function RekeyDialog({ station, open, onClose }: { station: StationRow; open: boolean; onClose: () => void }) {
  const say = useText(directoryTexts)
  const [offer, setOffer] = useState<Offer | null>(null)
  return (
    <>
      <FormDialog<{ expiresInHours: number }, Offer>
        title={say('rekey.title', { name: station.name })} open={open && !offer} onClose={() => { if (!offer) onClose() }} okText={say('rekey.do')} initial={{ expiresInHours: 72 }}
        send={async (values) => {
          const made = await api.post<Offer>(`/api/stations/${encodeURIComponent(station.address)}/rekey`, values)
          setOffer(made)
          return made
        }}
      >
        <p className="soft small form-fault">{say('rekey.intro')}</p>
        <Hours />
      </FormDialog>
      <OfferDialog offer={offer} onClose={onClose} />
    </>
  )
}

function Hours() {
  const say = useText(directoryTexts)
  return <Form.Item name="expiresInHours" label={say('enrol.hours')}><InputNumber min={1} max={720} precision={0} style={{ width: '100%' }} /></Form.Item>
}

/** The token, once. */
function OfferDialog({ offer, onClose }: { offer: Offer | null; onClose: () => void }) {
  const say = useText(directoryTexts)
  return (
    <Modal open={offer !== null} onCancel={onClose} footer={<Button type="primary" onClick={onClose}>{say('enrol.close')}</Button>} mask={{ closable: false }} title={offer ? say('enrol.ready', { address: offer.address }) : ''} destroyOnHidden>
      {offer ? <><p className="soft small form-fault">{say('enrol.expires', { time: beijingMinute(offer.expiresAt) })}</p><CopyText text={offer.token} label={say('enrol.token')} /></> : null}
    </Modal>
  )
}
