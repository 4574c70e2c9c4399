import { CaretRightOutlined, CloseOutlined, PauseOutlined, UndoOutlined } from '@ant-design/icons'
import { Button, Segmented, Slider } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { grades } from '#modules/norms/index.ts'
import { FactTicks } from './FactTicks.tsx'
import { levelColours } from './incidentMarks.ts'
import { useTimeline } from './situationApi.ts'
import { situationTexts } from './situationTexts.ts'
import { denseBars, played, readTimeRange, timeRangeText, wholeSpan, type LevelCounts, type TimeRange } from './timeBins.ts'

const minute = 60_000
const beatMs = 700
const barsWanted = 96
const speeds = [1, 2, 4, 8] as const

/** How many incidents happened when, and which of them the map shows: a range that can be dragged, and played. */
export function TimeSlider({ onClose }: { onClose: () => void }) {
  const say = useText(situationTexts)
  const places = useMapPlaces()
  const [opened] = useState(() => Math.ceil(Date.now() / minute) * minute)
  const ends = useTimeline({ from: 0, until: opened, bars: 1 }, true)
  const { first, last } = ends.data ?? {}
  const whole = useMemo(() => (typeof first === 'number' && typeof last === 'number' ? wholeSpan(first, last, opened) : null), [first, last, opened])
  if (!places) return null
  return createPortal(
    <section className="map-box map-time" aria-label={say('time.title')}>
      {whole ? <Range whole={whole} onClose={onClose} /> : (
        <div className="map-time-none">
          {ends.error ? <FaultNote error={ends.error} /> : <span className="soft">{say(ends.isPending ? 'time.wait' : 'time.none')}</span>}
          <Button type="text" size="small" icon={<CloseOutlined />} aria-label={say('time.close')} onClick={onClose} />
        </div>
      )}
    </section>,
    places.foot,
  )
}

function Range({ whole, onClose }: { whole: TimeRange; onClose: () => void }) {
  const say = useText(situationTexts)
  const [t, setT] = useMapParam('t')
  const range = clamped(readTimeRange(t) ?? whole, whole)
  const [dragged, setDragged] = useState<TimeRange | null>(null)
  const [speed, setSpeed] = useState<(typeof speeds)[number]>(1)
  const seen = dragged ?? range
  const choose = (next: TimeRange) => { setT(next.from <= whole.from && next.until >= whole.until ? undefined : timeRangeText(next)) }
  const player = usePlayer(whole, range, speed, choose)
  return (
    <>
      <div className="map-time-head">
        <Button type="primary" size="small" shape="circle" icon={player.playing ? <PauseOutlined /> : <CaretRightOutlined />} aria-label={say(player.playing ? 'time.pause' : 'time.play')} onClick={player.toggle} />
        <Segmented size="small" value={speed} onChange={setSpeed} options={speeds.map((value) => ({ value, label: `${value}×` }))} aria-label={say('time.speed')} />
        <span className="digits map-time-words" role="status">{beijingMinute(seen.from)} — {beijingMinute(seen.until)}</span>
        <Button type="text" size="small" icon={<UndoOutlined />} disabled={t === undefined} aria-label={say('time.all')} title={say('time.all')} onClick={() => { player.stop(); setT(undefined) }} />
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={say('time.close')} title={say('time.close')} onClick={() => { player.stop(); onClose() }} />
      </div>
      <Histogram whole={whole} seen={seen} />
      <FactTicks whole={whole} onChoose={(until) => { player.stop(); choose({ from: Math.min(range.from, until - minute), until }) }} />
      <Slider
        range min={whole.from} max={whole.until} step={minute} value={[seen.from, seen.until]} ariaLabelForHandle={[say('time.from'), say('time.until')]}
        ariaValueTextFormatterForHandle={[beijingMinute, beijingMinute]} tooltip={{ formatter: (value) => beijingMinute(value ?? 0) }}
        onChange={([from = whole.from, until = whole.until]) => { player.stop(); setDragged({ from, until }) }}
        onChangeComplete={([from = whole.from, until = whole.until]) => { setDragged(null); choose({ from, until: Math.max(until, from + minute) }) }}
      />
    </>
  )
}

function clamped(range: TimeRange, whole: TimeRange): TimeRange {
  const from = Math.max(whole.from, Math.min(range.from, whole.until - minute))
  return { from, until: Math.min(whole.until, Math.max(range.until, from + minute)) }
}

function usePlayer(whole: TimeRange, range: TimeRange, speed: number, choose: (next: TimeRange) => void) {
  const [playing, setPlaying] = useState(false)
  const latest = useRef({ range, choose })
  useEffect(() => { latest.current = { range, choose } })
  useEffect(() => {
    if (!playing) return undefined
    const timer = setInterval(() => {
      const next = played(whole, latest.current.range, speed, beatMs / 1000)
      if (next) latest.current.choose(next)
      else setPlaying(false)
    }, beatMs)
    return () => { clearInterval(timer) }
  }, [playing, speed, whole])
  const toggle = () => {
    // From the end, or with everything shown, it begins again.
    if (!playing && range.until >= whole.until) choose(range.from <= whole.from ? { from: whole.from, until: whole.from + (whole.until - whole.from) / 60 } : { from: whole.from, until: whole.from + (range.until - range.from) })
    setPlaying(!playing)
  }
  return { playing, toggle, stop: () => { setPlaying(false) } }
}

function Histogram({ whole, seen }: { whole: TimeRange; seen: TimeRange }) {
  const say = useText(situationTexts)
  const timeline = useTimeline({ from: Math.floor(whole.from), until: Math.ceil(whole.until), bars: barsWanted }, true)
  const bars = timeline.data ? denseBars(timeline.data) : []
  const most = Math.max(1, ...bars.map(sumOf))
  const at = (i: number) => whole.from + ((i + 0.5) / bars.length) * (whole.until - whole.from)
  return (
    <div className="map-time-bars" role="img" aria-label={say('time.bars', { n: timeline.data?.total ?? 0 })}>
      {bars.map((bar, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a bar is its place in time
        <span key={i} className={at(i) < seen.from || at(i) > seen.until ? 'out' : undefined} title={sumOf(bar) > 0 ? `${beijingMinute(at(i))} · ${sumOf(bar)}` : undefined}>
          {grades.toReversed().map((level) => (bar[level] > 0 ? <i key={level} style={{ height: `${(100 * bar[level]) / most}%`, background: levelColours[level] }} /> : null))}
        </span>
      ))}
    </div>
  )
}

function sumOf(bar: LevelCounts): number {
  return bar.I + bar.II + bar.III + bar.IV
}
