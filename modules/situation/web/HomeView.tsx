import { HomeOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '#core/ui/web/api.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { MapTool } from '#core/ui/web/map/MapTools.tsx'
import { beganAnywhere } from '#core/ui/web/map/rememberedView.ts'
import { useSession } from '#core/ui/web/session.ts'
import { said, useText } from '#core/ui/web/texts.ts'
import type { PlaceItem } from '../situation.api.ts'
import { homeCode } from './pin.ts'
import { situationTexts } from './situationTexts.ts'
import { zoomOf } from './zoomOf.ts'

/** The station's own division: where the map begins for who has not looked anywhere yet, and the way back to it. */
export function HomeTool() {
  const say = useText(situationTexts)
  const map = useMap()
  const { station } = useSession()
  const code = homeCode(station.address)
  const home = useQuery({
    queryKey: ['places', 'home', code],
    queryFn: async ({ signal }) => (await api.get<{ items: PlaceItem[] }>('/api/situation/places', { query: { q: code, size: 5 }, signal })).items.find((place) => place.kind === 'division' && place.code === code) ?? null,
    staleTime: Infinity,
  }).data
  const there = home && home.lon !== null && home.lat !== null ? { center: [home.lon, home.lat] as [number, number], zoom: zoomOf(home) - (map.getContainer().clientWidth < 800 ? 0.8 : 0), bearing: 0 } : null
  useEffect(() => {
    if (!there || !beganAnywhere.get()) return
    beganAnywhere.set(false)
    map.jumpTo(there)
  })
  const go = () => { if (there) map.flyTo({ ...there, maxDuration: 2_000 }) }
  return (
    <>
      <MapTool icon={<HomeOutlined />} label={say('home.do')} shortcut="h" disabled={!there} onClick={go} />
      <MapKeys bindings={[{ keys: ['h'], help: said(situationTexts, 'home.do'), run: go }]} />
    </>
  )
}
