import { Tooltip } from 'antd'
import { useContext, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { MapPlacesContext } from './mapPlaces.ts'

/** Adds its `MapTool` buttons to the map's toolbar. */
export function MapTools({ children }: { children: ReactNode }) {
  const places = useContext(MapPlacesContext)
  return places ? createPortal(<div className="map-tools-group">{children}</div>, places.tools) : null
}

export interface MapToolProps {
  icon: ReactNode
  label: string
  /** Shown with the label: the key that does the same. */
  shortcut?: string
  /** For buttons that stay down. */
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
}

export function MapTool({ icon, label, shortcut, pressed, disabled, onClick }: MapToolProps) {
  const places = useContext(MapPlacesContext)
  return (
    <Tooltip title={places?.narrow ? undefined : places?.full && shortcut ? `${label} (${shortcut.toUpperCase()})` : label} placement="left" mouseEnterDelay={0.4}>
      <button type="button" className="map-tool" tabIndex={-1} aria-label={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
        <span aria-hidden="true" className="map-tool-icon">{icon}</span>
        <span aria-hidden="true" className="map-tool-label">{label}</span>
      </button>
    </Tooltip>
  )
}
