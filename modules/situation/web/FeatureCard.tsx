import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { useMapSelection, type MapSelection } from '#core/ui/web/map/mapSelection.ts'
import { useText } from '#core/ui/web/texts.ts'
import { useImportedLayers } from './situationApi.ts'
import { situationTexts } from './situationTexts.ts'

/** What a data set says of one of its features, as it came. */
export function FeatureCard({ feature }: { feature: Extract<MapSelection, { kind: 'feature' }> }) {
  const say = useText(situationTexts)
  const [, select] = useMapSelection()
  const layer = useImportedLayers().find(({ id }) => id === feature.layer)
  const rows = Object.entries(feature.properties).filter(([, value]) => value !== null && value !== '')
  return (
    <MapPanel side="right" title={layer?.title ?? say('card.feature')} onClose={() => { select(null) }}>
      {rows.length === 0 ? <p className="soft">{say('card.nothing')}</p> : <dl className="facts">{rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>])}</dl>}
    </MapPanel>
  )
}
