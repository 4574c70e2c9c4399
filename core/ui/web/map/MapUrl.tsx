import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useBoardInAddress } from './layerBoard.ts'
import { mapPath } from './mapParts.ts'
import { mapSearch, readMapSearch, searchText } from './mapSearch.ts'
import { useShared } from './shared.ts'

/**
 * On `/map` the address and what the map knows of itself are kept the same. A link that says anything wins; the bare
 * address takes up where one left the map. On other pages the address is the page's.
 */
export function MapUrl() {
  const { pathname, search } = useLocation()
  const navigate = useNavigate()
  const known = searchText(useShared(mapSearch))
  const there = pathname === mapPath
  const told = there ? searchText(readMapSearch(search)) : ''
  // What we wrote comes back later, when the map may have moved on: that is no wish of the address.
  const written = useRef(new Set<string>())
  useEffect(() => {
    if (written.current.delete(told)) return
    if (!there || told === '' || told === searchText(mapSearch.get())) return
    mapSearch.set(readMapSearch(search))
    // oxlint-disable-next-line react/exhaustive-deps -- only when the address says something else, not when the map does
  }, [there, told])
  useEffect(() => {
    if (!there || known === told) return
    written.current.add(known)
    void navigate({ to: mapPath, search: mapSearch.get() as never, replace: true, resetScroll: false })
    // oxlint-disable-next-line react/exhaustive-deps -- only when the map says something else
  }, [there, known])
  useBoardInAddress()
  return null
}
