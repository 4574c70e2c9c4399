import { AimOutlined, CopyOutlined, DeleteOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { degreesText, dmsText } from '#core/geo/dms.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { useMapSelection, type MapSelection } from '#core/ui/web/map/mapSelection.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { copyText } from './copyText.ts'
import { pinText } from './pin.ts'
import { situationTexts } from './situationTexts.ts'

/** A place one has searched for or pressed long: its coordinates in both forms, and the pin. */
export function PlaceCard({ place }: { place: Extract<MapSelection, { kind: 'place' }> }) {
  const say = useText(situationTexts)
  const map = useMap()
  const [language] = useLanguage()
  const { message } = App.useApp()
  const [, select] = useMapSelection()
  const [pin, setPin] = useMapParam('pin')
  const mine = pinText(place)
  const copy = (text: string) => { void copyText(text).then(() => message.success(say('reading.copied', { text }))) }
  return (
    <MapPanel side="right" title={place.name || say('card.place.unnamed')} onClose={() => { select(null) }}>
      <div className="stack">
        {[degreesText([place.lon, place.lat]), dmsText([place.lon, place.lat], language)].map((text) => (
          <div key={text} className="row card-coordinate"><span className="digits grow">{text}</span><Button type="text" size="small" icon={<CopyOutlined />} aria-label={`${say('reading.copy')} ${text}`} onClick={() => { copy(text) }} /></div>
        ))}
        <div className="row">
          <Button icon={<AimOutlined />} onClick={() => { map.flyTo({ center: [place.lon, place.lat], zoom: Math.max(map.getZoom(), 10) }) }}>{say('card.go')}</Button>
          {pin === mine
            ? <Button icon={<DeleteOutlined />} onClick={() => { setPin(undefined); select(null) }}>{say('card.unpin')}</Button>
            : <Button onClick={() => { setPin(mine) }}>{say('card.pin')}</Button>}
        </div>
      </div>
    </MapPanel>
  )
}
