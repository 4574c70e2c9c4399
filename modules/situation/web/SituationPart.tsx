import './situation.css'
import { ClockCircleOutlined, DesktopOutlined, LinkOutlined, PictureOutlined } from '@ant-design/icons'
import { App } from 'antd'
import { useState } from 'react'
import { mapPath } from '#core/ui/web/map/mapParts.ts'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { searchText, useMapSearch } from '#core/ui/web/map/mapSearch.ts'
import { MapTool, MapTools } from '#core/ui/web/map/MapTools.tsx'
import { said, useText } from '#core/ui/web/texts.ts'
import { BaseLayers } from './BaseLayers.tsx'
import { copyText } from './copyText.ts'
import { HomeTool } from './HomeView.tsx'
import { ImportedLayers } from './ImportedLayers.tsx'
import { IncidentLayers } from './IncidentLayers.tsx'
import { LayersIcon } from './LayersIcon.tsx'
import { LayersPanel } from './LayersPanel.tsx'
import { MeasureTools } from './MeasureTool.tsx'
import { PinLayer } from './PinLayer.tsx'
import { PlaceMark } from './PlaceMark.tsx'
import { PointerReading } from './PointerReading.tsx'
import { PrintDialog } from './PrintDialog.tsx'
import { SearchBox } from './SearchBox.tsx'
import { SelectionCard } from './SelectionCard.tsx'
import { ShownModes } from './ShownModes.tsx'
import { situationTexts } from './situationTexts.ts'
import { TimeSlider } from './TimeSlider.tsx'
import { Wall } from './Wall.tsx'

/** The shared picture on the map: base, incidents and imported layers, and the tools for looking at them. */
export function SituationPart() {
  const say = useText(situationTexts)
  const full = useMapPlaces()?.full === true
  const [search, setSearch] = useMapSearch()
  const [among, setAmong] = useState<readonly string[]>([])
  const [open, setOpen] = useState({ layers: false, print: false, time: search.t !== undefined })
  const turn = (what: keyof typeof open) => { setOpen((now) => ({ ...now, [what]: !now[what] })) }
  const copyLink = useCopyLink()
  const wall = full && search.wall === '1'
  return (
    <>
      <BaseLayers />
      <ImportedLayers />
      <IncidentLayers onSeveral={setAmong} />
      <PinLayer />
      <PlaceMark />
      {full ? <ShownModes /> : null}
      <SelectionCard among={among} />
      <PointerReading />
      {wall ? <Wall /> : (
        <>
          <SearchBox />
          <MapTools>
            <MapTool icon={<LayersIcon />} label={say('layers.title')} shortcut="y" pressed={open.layers} onClick={() => { turn('layers') }} />
            <HomeTool />
            <MeasureTools />
            <MapTool icon={<ClockCircleOutlined />} label={say('time.do')} shortcut="t" pressed={open.time} onClick={() => { turn('time') }} />
            <MapTool icon={<PictureOutlined />} label={say('print.do')} shortcut="p" onClick={() => { turn('print') }} />
            <MapTool icon={<LinkOutlined />} label={say('link.do')} shortcut="u" onClick={copyLink} />
            {full ? <MapTool icon={<DesktopOutlined />} label={say('wall.do')} shortcut="w" onClick={() => { setSearch({ wall: '1' }) }} /> : null}
          </MapTools>
          <MapKeys bindings={[
            { keys: ['y'], help: said(situationTexts, 'layers.title'), run: () => { turn('layers') } },
            { keys: ['t'], help: said(situationTexts, 'time.do'), run: () => { turn('time') } },
            { keys: ['p'], help: said(situationTexts, 'print.do'), run: () => { turn('print') } },
            { keys: ['u'], help: said(situationTexts, 'link.do'), run: copyLink },
            { keys: ['w'], help: said(situationTexts, 'wall.do'), run: () => { setSearch({ wall: '1' }) } },
          ]} />
          {open.layers ? <LayersPanel onClose={() => { turn('layers') }} /> : null}
          {open.time ? <TimeSlider onClose={() => { setSearch({ t: undefined }); turn('time') }} /> : null}
          {open.print ? <PrintDialog onClose={() => { turn('print') }} /> : null}
        </>
      )}
    </>
  )
}

/** The address of just this view, wherever one is. */
function useCopyLink(): () => void {
  const say = useText(situationTexts)
  const { message } = App.useApp()
  const [search] = useMapSearch()
  return () => {
    const text = searchText({ ...search, wall: undefined })
    void copyText(`${location.origin}${mapPath}${text === '' ? '' : `?${text}`}`).then(() => message.success(say('link.copied')))
  }
}
