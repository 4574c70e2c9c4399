import { useEffect, useRef } from 'react'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { said } from '#core/ui/web/texts.ts'
import type { Place } from '../drawing.ts'
import { nudged } from '../editing.ts'
import { partsOf, type PlotDesk } from './desk.ts'
import { useDesk, usePlot } from './deskContext.ts'
import { drawByKey, removePoint, takePen } from './pointer.ts'
import { plotTexts } from './plotTexts.ts'
import type { zh } from './plot.zh.ts'
import { copySelected, duplicateSelected, paste, pixelOf, removeSelected } from './selectionActs.ts'
import { useUndo } from './useUndo.ts'

const arrows: Record<string, Place> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/** Everything by keyboard. */
export function PlotKeys({ onSymbols }: { onSymbols: () => void }) {
  const { desk } = usePlot()
  const map = useMap()
  const { turn } = useUndo()
  const busy = useDesk((state) => state.selected.size > 0 || state.drawing !== null)
  useEscape(desk)
  // The map's own arrow keys would move the map under what is being nudged.
  useEffect(() => {
    if (!busy) return undefined
    map.keyboard.disable()
    return () => { map.keyboard.enable() }
  }, [busy, map])
  const help = (key: keyof typeof zh) => said(plotTexts, key)
  return (
    <MapKeys bindings={[
      { keys: ['v'], help: help('tool.select'), run: () => { takePen(desk, null) } },
      { keys: ['s'], help: help('key.symbols'), run: onSymbols },
      { keys: ['ctrl+z'], help: help('tool.undo'), run: (event) => { turn(event.shiftKey ? 'redo' : 'undo') } },
      { keys: ['ctrl+y'], help: help('tool.redo'), run: () => { turn('redo') } },
      { keys: ['Enter'], help: help('key.finish'), run: () => { drawByKey(desk, 'finish', () => undefined) } },
      { keys: ['Backspace', 'Delete'], help: help('key.back'), run: () => { back(desk) } },
      { keys: Object.keys(arrows), help: help('key.nudge'), run: (event) => { nudge(desk, arrows[event.key]!, event.shiftKey ? 10 : 1, pixelOf(map)) } },
      { keys: ['ctrl+c'], help: help('key.copy'), run: () => { copySelected(desk) } },
      { keys: ['ctrl+v'], help: help('key.paste'), run: () => { paste(desk, pixelOf(map)) } },
      { keys: ['ctrl+d'], help: help('key.duplicate'), run: () => { duplicateSelected(desk, pixelOf(map)) } },
      { keys: ['ctrl+a'], help: help('key.all'), run: () => { selectLayer(desk) } },
    ]} />
  )
}

function back(desk: PlotDesk): void {
  const { pen, vertex, selected } = desk.state.get()
  if (pen) return drawByKey(desk, 'back', () => undefined)
  const [id] = selected
  if (vertex !== null && id !== undefined && selected.size === 1) return removePoint(desk, id, vertex)
  removeSelected(desk)
}

function nudge(desk: PlotDesk, by: Place, times: number, pixel: Place): void {
  const { selected } = desk.state.get()
  desk.write([...selected].flatMap((id) => {
    const { layer, key } = partsOf(id)
    const before = desk.mayEdit(id) ? desk.bodyAt(layer, key) : null
    return before ? [{ layer, key, value: nudged(before, [by[0] * times, by[1] * times], pixel) }] : []
  }))
}

function selectLayer(desk: PlotDesk): void {
  const { active } = desk.state.get()
  desk.patch({ pen: null, drawing: null, vertex: null, selected: new Set([...desk.strokes.get().keys()].filter((id) => partsOf(id).layer === active)) })
}

/** Esc belongs first to what the hand is doing, before anything else on the page closes by it. */
function useEscape(desk: PlotDesk): void {
  const latest = useRef(desk)
  useEffect(() => { latest.current = desk }, [desk])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [role="dialog"], [role="combobox"], [role="menu"]')) return
      const { pen, selected } = latest.current.state.get()
      if (!pen && selected.size === 0) return
      event.preventDefault()
      event.stopPropagation()
      if (pen) drawByKey(latest.current, 'cancel', () => undefined)
      else latest.current.patch({ selected: new Set(), vertex: null })
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => { window.removeEventListener('keydown', onKey, { capture: true }) }
  }, [])
}
