import type { zh } from './map.zh.ts'

export const en: Record<keyof typeof zh, string> = {
  'map.label': 'Map',
  'map.hint': 'Arrow keys move, plus and minus zoom, Shift with arrow keys turns',
  'map.loading': 'Opening the map…',
  'map.noWebgl': 'This browser cannot show the map (no WebGL). Update the browser or the graphics driver, or turn on hardware acceleration in the browser’s settings. All other pages work as usual.',
  'map.noStyle': 'The base map’s style cannot be read, so the map does not open for now.',
  'map.noTiles': 'Parts of the base map could not be read; trying again.',
  'map.partBroken': 'A part of the map failed and is switched off.',
  'map.reload': 'Reload',
  'map.retry': 'Try again',
  'map.approximate': 'Boundaries are illustrative only',
  'panel.close': 'Close panel',
  'tools.label': 'Map tools',
  'control.zoomIn': 'Zoom in',
  'control.zoomOut': 'Zoom out',
  'control.north': 'Back to north',
  'control.attribution': 'Sources',
  'control.closePopup': 'Close',
  'controls.label': 'Zoom and direction',
  'scale.label': 'Scale: this length is {{length}}',
}
