import { readViewpoint, viewpointText, type MapViewpoint } from './mapSearch.ts'

const remembered = 'fengsui.map.view'

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
