import { CaretRightOutlined, PauseOutlined, StepBackwardOutlined, StepForwardOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Slider } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { beijingSecond } from '#core/ui/beijingTime.ts'
import { api } from '#core/ui/web/api.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { pauseBeforeStep, strokesAfter, type PlayStep } from '../playback.ts'
import type { Stroke } from '../stroke.ts'
import { nameOf, usePlot } from './deskContext.ts'
import { plotTexts } from './plotTexts.ts'

const pageSize = 5_000
const speeds = [1, 4, 16, 64]

/** Who drew what when, step by step, in the place of what is there now. */
export function Playback({ onLeave }: { onLeave: () => void }) {
  const say = useText(plotTexts)
  const { desk, plot } = usePlot()
  const places = useMapPlaces()
  const steps = useQuery({ queryKey: ['playback', plot.plotId], queryFn: ({ signal }) => allSteps(plot.plotId, signal), staleTime: 0, gcTime: 0 })
  useEffect(() => {
    desk.patch({ pen: null, drawing: null, selected: new Set(), vertex: null })
    return () => { desk.patch({ played: null }) }
  }, [desk])
  if (!places) return null
  return createPortal(
    <section className="map-box plot-playback" aria-label={say('play.title')}>
      <Fetched query={steps}>{(all) => (all.length === 0 ? <p className="soft">{say('play.none')} <Button size="small" onClick={onLeave}>{say('play.leave')}</Button></p> : <Player steps={all} onLeave={onLeave} />)}</Fetched>
    </section>,
    places.foot,
  )
}

function Player({ steps, onLeave }: { steps: readonly PlayStep[]; onLeave: () => void }) {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const stationName = useStationName()
  const [count, setCount] = useState(0)
  const [playing, setPlaying] = useState(true)
  const [speed, setSpeed] = useState(4)
  const shown = useRef<{ count: number; strokes: ReadonlyMap<string, Stroke> } | undefined>(undefined)
  useEffect(() => {
    const strokes = strokesAfter(steps, count, shown.current)
    shown.current = { count, strokes }
    desk.patch({ played: strokes })
  }, [desk, steps, count])
  const ended = count >= steps.length
  useEffect(() => {
    if (!playing || ended) return undefined
    const timer = setTimeout(() => { setCount(count + 1) }, pauseBeforeStep(steps, count, speed))
    return () => { clearTimeout(timer) }
  }, [playing, ended, steps, count, speed])
  const go = (to: number) => {
    setPlaying(false)
    setCount(Math.max(0, Math.min(steps.length, to)))
  }
  const last = steps[count - 1]
  const caption = last && say('play.caption', { time: beijingSecond(last.at), station: stationName(last.station), author: last.author, what: last.stroke ? say('play.drew', { shape: [nameOf(last.stroke, say), last.stroke.label].filter(Boolean).join(' ') }) : say('play.erased') })
  return (
    <>
      <p className="plot-caption" role="status">{caption ?? ' '}</p>
      <Slider className="plot-slider" ariaLabelForHandle={say('play.title')} min={0} max={steps.length} value={count} tooltip={{ open: false }} onChange={go} />
      <div className="row">
        <Button size="small" icon={<StepBackwardOutlined />} aria-label={say('play.back')} onClick={() => { go(count - 1) }} />
        <Button size="small" type="primary" icon={playing && !ended ? <PauseOutlined /> : <CaretRightOutlined />} onClick={() => { if (ended) { setCount(0); setPlaying(true) } else setPlaying(!playing) }}>{say(playing && !ended ? 'play.pause' : 'play.play')}</Button>
        <Button size="small" icon={<StepForwardOutlined />} aria-label={say('play.forward')} onClick={() => { go(count + 1) }} />
        <Segmented size="small" aria-label={say('play.speed')} value={speed} onChange={setSpeed} options={speeds.map((n) => ({ value: n, label: `${n}×` }))} />
        <span className="digits small">{say('play.at', { n: count, total: steps.length })}</span>
        <Button size="small" onClick={onLeave}>{say('play.leave')}</Button>
      </div>
    </>
  )
}

async function allSteps(plotId: string, signal: AbortSignal): Promise<PlayStep[]> {
  const found: PlayStep[] = []
  for (let page = 1; ; page++) {
    const { items, total } = await api.get<{ items: PlayStep[]; total: number }>(`/api/plots/${encodeURIComponent(plotId)}/history`, { query: { page, size: pageSize }, signal })
    found.push(...items)
    if (found.length >= total || items.length === 0) return found
  }
}
