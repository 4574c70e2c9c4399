import { shared } from './shared.ts'
import { readViewpoint, viewpointText, type MapViewpoint } from './mapSearch.ts'

const remembered = 'fengsui.map.view'

/** Nothing said where to begin: neither the address nor what this browser remembers. */
export const beganAnywhere = shared(false)

/** Where this browser last looked. */
export function recallView(): MapViewpoint | null {
  return readViewpoint(localStorage.getItem(remembered) ?? undefined)
}

export function rememberView(view: MapViewpoint): void {
  try {
    localStorage.setItem(remembered, viewpointText(view))
  } catch {
    // A full or forbidden store loses only a preference.
  }
}
