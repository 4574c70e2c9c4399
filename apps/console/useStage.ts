import { useLocation } from '@tanstack/react-router'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { mapPath, mapUnable } from '#core/ui/web/map/mapParts.ts'
import type { Person } from '#core/http/roles.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { useShared } from '#core/ui/web/map/shared.ts'
import { holdsAny } from '#core/ui/web/session.ts'
import { situationAccess } from '#modules/situation/situation.access.ts'

/** `full`: the map has the window; `beside`: it shows to the left of the page; `none`: the page alone. */
export type Stage = 'full' | 'beside' | 'none'

const remembered = 'fengsui.sheet'
const roomForBoth = '(min-width: 1600px)'
const phone = '(max-width: 760px)'

/** How the map and the page share the window, whether the map is there yet, and whether the page is folded away. */
export function useStage(person: Person): { stage: Stage; mounted: boolean; narrow: boolean; wall: boolean; folded: boolean; fold: (away: boolean) => void } {
  const { pathname } = useLocation()
  const wide = useMedia(roomForBoth)
  const narrow = useMedia(phone)
  const [wall] = useMapParam('wall')
  const unable = useShared(mapUnable)
  const mayLook = holdsAny(person, situationAccess['situation.read'])
  const stage = !mayLook ? 'none' : pathname === mapPath ? 'full' : wide && !unable && !savesData() ? 'beside' : 'none'
  const mounted = useMounted(stage)
  const [folded, fold] = useFolded(pathname)
  return { stage, mounted, narrow, wall: stage === 'full' && wall === '1', folded: folded && stage === 'beside', fold }
}

/** Once there it stays; beside a page it comes when the browser has nothing else to do. */
function useMounted(stage: Stage): boolean {
  const [mounted, setMounted] = useState(stage === 'full')
  if (stage === 'full' && !mounted) setMounted(true)
  useEffect(() => {
    if (stage !== 'beside' || mounted) return undefined
    const whenIdle = window.requestIdleCallback ?? ((then: () => void) => window.setTimeout(then, 1_000))
    const handle = whenIdle(() => { setMounted(true) })
    return () => { (window.cancelIdleCallback ?? window.clearTimeout)(handle) }
  }, [stage, mounted])
  return mounted
}

/** Remembered; whoever goes to another page wants to see it. */
function useFolded(pathname: string): [boolean, (away: boolean) => void] {
  const [folded, setFolded] = useState(() => localStorage.getItem(remembered) === 'folded')
  const [at, setAt] = useState(pathname)
  if (at !== pathname) {
    setAt(pathname)
    // The first address only leads on to the first page.
    if (at !== '/' && folded) setFolded(false)
  }
  return [folded, (away) => {
    localStorage.setItem(remembered, away ? 'folded' : 'open')
    setFolded(away)
  }]
}

/** The person, or a metered line, asked for less. */
function savesData(): boolean {
  return matchMedia('(prefers-reduced-data: reduce)').matches || ('connection' in navigator && (navigator.connection as { saveData?: boolean } | undefined)?.saveData === true)
}

function useMedia(query: string): boolean {
  return useSyncExternalStore((listener) => {
    const media = matchMedia(query)
    media.addEventListener('change', listener)
    return () => { media.removeEventListener('change', listener) }
  }, () => matchMedia(query).matches)
}
