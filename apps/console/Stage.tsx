import { DoubleLeftOutlined, DoubleRightOutlined } from '@ant-design/icons'
import { lazy, Suspense, type ReactNode } from 'react'
import { MapPartsContext } from '#core/ui/web/map/mapParts.ts'
import { Loading } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'
import { mapParts } from './mapParts.ts'
import { SideMenu } from './Menu.tsx'
import type { useStage } from './useStage.ts'

const MapView = lazy(async () => ({ default: (await import('#core/ui/web/map/MapView.tsx')).MapView }))

/** The page and the one map of the window, beside each other where there is room. The map keeps its place in the tree, so that it stays mounted from page to page. */
export function StageBody({ children, ...now }: { children: ReactNode } & ReturnType<typeof useStage>) {
  const say = useText(consoleTexts)
  const { stage, mounted, narrow, folded, fold } = now
  return (
    <div className={`shell-body stage-${stage}${folded ? ' folded' : ''}`}>
      <SideMenu />
      {stage === 'beside' ? (
        <button type="button" className="sheet-fold" aria-expanded={!folded} aria-controls="content" aria-label={say(folded ? 'sheet.show' : 'sheet.hide')} title={say(folded ? 'sheet.show' : 'sheet.hide')} onClick={() => { fold(!folded) }}>
          {folded ? <DoubleLeftOutlined /> : <DoubleRightOutlined />}
        </button>
      ) : null}
      <main id="content" tabIndex={-1}>{children}</main>
      {mounted ? (
        <div className="map-stage">
          <MapPartsContext value={mapParts}>
            <Suspense fallback={<Loading />}><MapView full={stage === 'full'} narrow={narrow} /></Suspense>
          </MapPartsContext>
        </div>
      ) : <div className="map-stage" />}
    </div>
  )
}
