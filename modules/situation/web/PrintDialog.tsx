import { FilePdfOutlined, PictureOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Segmented, Select, Switch } from 'antd'
import type { StyleSpecification } from 'maplibre-gl'
import { useEffect, useState } from 'react'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { useAllLayerEntries, useLayerLooks, type LegendSign } from '#core/ui/web/map/layerBoard.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { attributionsOf, mapStyleQuery } from '#core/ui/web/map/mapStyle.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useShownMode } from '#core/ui/web/shownMode.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { baseGroups, findBase, signOf } from './baseGroups.ts'
import { drawSheet } from './drawSheet.ts'
import { pictureOf } from './printMap.ts'
import { mmPerPixel, ratioAt, ratioText, roundRatios, sheetOf, zoomOfRatio, type Paper } from './printSheet.ts'
import { saveCanvas, type MadeFile } from './saveCanvas.ts'
import { situationTexts } from './situationTexts.ts'

const fine = { plain: 150, fine: 220 } as const

/** The map as a sheet of paper: PNG or PDF with title, scale, legend, maker and date. */
export function PrintDialog({ onClose }: { onClose: () => void }) {
  const say = useText(situationTexts)
  const { station } = useSession()
  const shown = useShownMode()
  const [title, setTitle] = useState(() => say('print.title.first', { station: station.name }))
  const [paper, setPaper] = useState<Paper>('A4')
  const [dpi, setDpi] = useState<keyof typeof fine>('plain')
  const [ratio, setRatio] = useState(0)
  const [light, setLight] = useState(true)
  const [withLegend, setWithLegend] = useState(true)
  const { print, working, error, file } = usePrint()
  const go = (format: 'png' | 'pdf') => { void print({ title: title.trim(), paper, dpi: fine[dpi], ratio, light, withLegend, format, mode: shown ? say(`print.mode.${shown.mode}${shown.partly ? '.partly' : ''}`) : '' }) }
  return (
    <Modal open onCancel={onClose} title={say('print.do')} width={460} footer={(
      <>
        <Button icon={<PictureOutlined />} loading={working === 'png'} disabled={working !== null} onClick={() => { go('png') }}>PNG</Button>
        <Button type="primary" icon={<FilePdfOutlined />} loading={working === 'pdf'} disabled={working !== null} onClick={() => { go('pdf') }}>PDF</Button>
      </>
    )}>
      <Form layout="vertical" className="print-form">
        <Form.Item label={say('print.title')}><Input value={title} maxLength={60} onChange={(event) => { setTitle(event.target.value) }} aria-label={say('print.title')} /></Form.Item>
        <div className="row">
          <Form.Item label={say('print.paper')}><Segmented<Paper> value={paper} onChange={setPaper} options={['A4', 'A3']} /></Form.Item>
          <Form.Item label={say('print.dpi')}><Segmented<keyof typeof fine> value={dpi} onChange={setDpi} options={[{ value: 'plain', label: say('print.plain') }, { value: 'fine', label: say('print.fine') }]} /></Form.Item>
        </div>
        <Form.Item label={say('print.scale')}>
          <Select<number> value={ratio} onChange={setRatio} aria-label={say('print.scale')} options={[{ value: 0, label: say('print.asShown') }, ...roundRatios.map((value) => ({ value, label: ratioText(value) }))]} />
        </Form.Item>
        <div className="row print-switches">
          <label><Switch size="small" checked={light} onChange={setLight} aria-label={say('print.light')} /> {say('print.light')}</label>
          <label><Switch size="small" checked={withLegend} onChange={setWithLegend} aria-label={say('print.legend')} /> {say('print.legend')}</label>
        </div>
        {file ? <p role="status">{say('print.made')} <a href={file.href} download={file.name}>{file.name}</a></p> : null}
        {error ? <FaultNote error={error} /> : null}
      </Form>
    </Modal>
  )
}

interface Wanted { title: string; paper: Paper; dpi: number; ratio: number; light: boolean; withLegend: boolean; format: 'png' | 'pdf'; mode: string }

function usePrint() {
  const say = useText(situationTexts)
  const map = useMap()
  const client = useQueryClient()
  const { station, person } = useSession()
  const legend = useShownLegend()
  const [working, setWorking] = useState<'png' | 'pdf' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [file, setFile] = useState<MadeFile | null>(null)
  const print = async ({ title, paper, dpi, ratio, light, withLegend, format, mode }: Wanted) => {
    setWorking(format)
    setFile(null)
    setError(null)
    try {
      const base: StyleSpecification | null = light ? await client.ensureQueryData(mapStyleQuery('light')) : null
      const sheet = sheetOf(paper, dpi)
      const { lat } = map.getCenter()
      const size = { width: Math.round(sheet.frame.width / mmPerPixel), height: Math.round(sheet.frame.height / mmPerPixel) }
      // As shown: what the screen shows from side to side fits into the frame.
      const shown = map.getContainer()
      const zoom = ratio > 0 ? zoomOfRatio(lat, ratio) : map.getZoom() + Math.log2(Math.min(size.width / shown.clientWidth, size.height / shown.clientHeight))
      const picture = await pictureOf(map, { ...size, pixelRatio: dpi / 96, zoom, base })
      const sheetCanvas = await drawSheet(sheet, { picture, lat, zoom, bearing: map.getBearing() }, {
        title: title || say('print.title.first', { station: station.name }), mode, legendTitle: say('print.legend'), scale: say('print.ratio', { ratio: ratioText(ratioAt(lat, zoom)) }),
        maker: say('print.maker', { station: station.name, person: person.name }), date: say('print.date', { time: beijingMinute(Date.now()) }), note: say('print.note'), sources: attributionsOf(map.getStyle()).flatMap((line) => line.split(' · ')).filter((part) => !part.includes('示意')).join(' · '),
      }, withLegend ? legend(base) : [])
      const made = await saveCanvas(sheetCanvas, sheet, title || say('print.do'), format)
      setFile(made)
    } catch (fault) {
      setError(fault)
    } finally {
      setWorking(null)
    }
  }
  // The file is kept by the browser as long as its link is shown.
  useEffect(() => (file ? () => { URL.revokeObjectURL(file.href) } : undefined), [file])
  return { print, working, error, file }
}

/** The signs of all that is switched on, each once; those of the base map as the paper's style has them. */
function useShownLegend(): (base: StyleSpecification | null) => LegendSign[] {
  const say = useText(situationTexts)
  const entries = useAllLayerEntries()
  const lookOf = useLayerLooks()
  return (base) => {
    const onPaper = base ? findBase(base.layers) : null
    const signs = entries.filter((entry) => lookOf(entry.id, entry.shownAtFirst).shown).flatMap((entry) => {
      const group = entry.group === 'base' ? baseGroups.find((one) => entry.id === `base.${one}`) : undefined
      const layers = group && onPaper?.get(group)
      return layers ? signOf(group, layers, say(`base.${group}`)) : entry.legend ?? []
    })
    return [...new Map(signs.map((sign) => [sign.label, sign])).values()]
  }
}
