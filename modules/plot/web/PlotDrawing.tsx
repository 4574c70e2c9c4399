import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { levelOf } from '#core/kernel/index.ts'
import { useMap, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { useMapGrip, useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { useDesk, usePeople, usePlot } from './deskContext.ts'
import { partsOf } from './desk.ts'
import { holderOf, hostOf, type Person } from './hands.ts'
import { handsOnMap } from './handsOnMap.ts'
import { listenToPointer, takePen } from './pointer.ts'
import { plotTexts } from './plotTexts.ts'
import { strokesOnMap } from './strokesOnMap.ts'

/** What of the plot is on the map itself. `active`: the pointer draws. */
export function PlotDrawing({ active }: { active: boolean }) {
  const { desk } = usePlot()
  const say = useText(plotTexts)
  const stationName = useStationName()
  const personText = (person: Person) => `${stationName(person.station)} ${person.name}（${say(`level.${levelOf(person.station)}`)}）`
  useMapLayers((map) => strokesOnMap(map, desk), [desk])
  useMapLayers((map) => handsOnMap(map, desk, { person: personText, held: personText }), [desk, say, stationName])
  useView()
  return active ? <Pointer personText={personText} /> : null
}

function Pointer({ personText }: { personText: (person: Person) => string }) {
  const { desk } = usePlot()
  const map = useMap()
  const say = useText(plotTexts)
  const { message } = App.useApp()
  const [selection, select] = useMapSelection()
  const grip = useMapGrip('plot')
  const pen = useDesk((state) => state.pen)
  const latest = useRef({ say, message, select, personText })
  useEffect(() => { latest.current = { say, message, select, personText } })

  useEffect(() => listenToPointer(map, desk, {
    onHeld: (id) => {
      const holder = holderOf(desk.people.get(), id)
      const { say: tell, message: notice, personText: nameOf } = latest.current
      if (holder) void notice.info(tell('stroke.held', { name: nameOf(holder) }))
    },
    onDrawn: (ids) => {
      const [id] = ids
      const shape = id === undefined ? undefined : desk.strokes.get().get(id)?.shape
      // Words want to be written: what was just set down is selected, and its field takes the cursor.
      if (id === undefined || (shape !== 'text' && shape !== 'note')) return
      takePen(desk, null)
      desk.patch({ selected: new Set([id]) })
      requestAnimationFrame(() => { document.querySelector<HTMLInputElement>('#plot-label')?.focus() })
    },
    onSelect: (id) => { latest.current.select(id === null ? null : { kind: 'stroke', ...partsOf(id) }) },
  }), [map, desk])

  const { take, release, holder } = grip
  useEffect(() => {
    if (!pen) return undefined
    take()
    map.doubleClickZoom.disable()
    map.getCanvas().style.cursor = 'crosshair'
    return () => {
      release()
      map.doubleClickZoom.enable()
      map.getCanvas().style.cursor = ''
    }
  }, [pen, take, release, map])
  // Another part took the pointer, or something else was selected: the pen or the selection is laid down.
  useEffect(() => { if (holder !== null && holder !== 'plot') takePen(desk, null) }, [holder, desk])
  useEffect(() => { if (selection !== null && selection.kind !== 'stroke' && desk.state.get().selected.size > 0) desk.patch({ selected: new Set(), vertex: null }) }, [selection, desk])
  return null
}

/** Leads the others' view, or goes with whoever leads until one moves the map oneself. */
function useView(): void {
  const { desk } = usePlot()
  const map = useMap()
  const hosting = useDesk((state) => state.hosting)
  const following = useDesk((state) => state.following)
  const view = hostOf(usePeople())?.hand.view
  useEffect(() => {
    if (!hosting) return undefined
    const tell = () => {
      const { lng, lat } = map.getCenter()
      desk.show({ center: [round(lng), round(lat)], zoom: round(map.getZoom()), bearing: round(map.getBearing()) })
    }
    tell()
    map.on('move', tell)
    return () => { map.off('move', tell) }
  }, [hosting, desk, map])
  useEffect(() => {
    if (hosting || !following) return undefined
    // Only a hand of one's own gives a move its event.
    const leave = (event: { originalEvent?: unknown }) => { if (event.originalEvent && hostOf(desk.people.get())) desk.patch({ following: false }) }
    map.on('movestart', leave)
    return () => { map.off('movestart', leave) }
  }, [hosting, following, desk, map])
  const wanted = hosting || !following || !view ? null : JSON.stringify(view)
  useEffect(() => { if (wanted) map.jumpTo(JSON.parse(wanted) as { center: [number, number]; zoom: number; bearing: number }) }, [wanted, map])
}

const round = (n: number) => Math.round(n * 1e5) / 1e5
