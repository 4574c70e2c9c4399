import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useContext, useEffect, useId, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { PartBoundary } from '../PartBoundary.tsx'
import { useText } from '../texts.ts'
import { MapPlacesContext } from './mapPlaces.ts'
import { mapTexts } from './mapTexts.ts'
import { shared, useShared } from './shared.ts'

type Side = 'left' | 'right'
const open = shared<readonly { key: symbol; side: Side }[]>([])

/**
 * Slides over the map: beside it on a screen, from below on a phone. Of several on one side (on a phone: of all) the one
 * opened last is seen; the others wait behind it with their state.
 */
export function MapPanel({ side, title, actions, onClose, children }: { side: Side; title: ReactNode; actions?: ReactNode; onClose?: () => void; children: ReactNode }) {
  const say = useText(mapTexts)
  const places = useContext(MapPlacesContext)
  const heading = useId()
  const [key] = useState(() => Symbol(side))
  const all = useShared(open)
  useEffect(() => {
    open.set([...open.get(), { key, side }])
    return () => { open.set(open.get().filter((panel) => panel.key !== key)) }
  }, [key, side])
  if (!places) return null
  const onTop = all.filter((panel) => panel.side === side).at(-1)?.key === key
  const onTopOfAll = all.at(-1)?.key === key
  return createPortal(
    <section className={`map-panel map-panel-${side}${onTop ? '' : ' behind'}${onTopOfAll ? '' : ' behind-on-phone'}`} aria-labelledby={heading}>
      <header className="map-panel-head">
        <h2 id={heading}>{title}</h2>
        {actions}
        {onClose ? <Button type="text" size="small" icon={<CloseOutlined />} aria-label={say('panel.close')} onClick={onClose} /> : null}
      </header>
      <div className="map-panel-body"><PartBoundary of={children}>{children}</PartBoundary></div>
    </section>,
    places.panels,
  )
}
