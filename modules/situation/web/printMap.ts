import maplibregl, { type Map as MapLibre, type StyleSpecification } from 'maplibre-gl'
import { mapSlot } from '#core/ui/web/map/mapContext.ts'
import { drawMark, incidentHalo, markRatio } from './incidentMarks.ts'
import { onPaper } from './printSheet.ts'

export interface MapPicture {
  /** CSS pixels. */
  width: number
  height: number
  pixelRatio: number
  zoom: number
  /** The base map to draw on instead of the one on the screen. */
  base: StyleSpecification | null
}

const patienceMs = 30_000

/** Draws what the live map shows once more, as large as paper wants it, on a map of its own that is gone afterwards. */
export async function pictureOf(live: MapLibre, { width, height, pixelRatio, zoom, base }: MapPicture): Promise<HTMLCanvasElement> {
  const room = document.createElement('div')
  room.style.cssText = `position: fixed; left: -20000px; top: 0; width: ${width}px; height: ${height}px`
  room.setAttribute('aria-hidden', 'true')
  room.inert = true
  document.body.append(room)
  const map = new maplibregl.Map({
    container: room, style: base ? onOtherBase(live, base) : live.getStyle(), center: live.getCenter(), zoom, bearing: live.getBearing(),
    pixelRatio, interactive: false, attributionControl: false, fadeDuration: 0, maxCanvasSize: [8192, 8192], trackResize: false,
    localIdeographFontFamily: '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
    transformRequest: (url) => ({ url: url.startsWith('/') ? location.origin + url : url }),
    canvasContextAttributes: { preserveDrawingBuffer: true },
  })
  try {
    map.on('styleimagemissing', ({ id }) => { lendImage(live, map, id) })
    // A tile that does not come must not keep the sheet from being printed.
    map.on('error', () => undefined)
    await Promise.race([map.once('idle'), new Promise((done) => { setTimeout(done, patienceMs) })])
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * pixelRatio)
    canvas.height = Math.round(height * pixelRatio)
    canvas.getContext('2d')?.drawImage(map.getCanvas(), 0, 0, canvas.width, canvas.height)
    return canvas
  } finally {
    map.remove()
    room.remove()
  }
}

/** What lies on the live map's base, in colours for paper, on another base; what of the base is switched off stays off. */
function onOtherBase(live: MapLibre, base: StyleSpecification): StyleSpecification {
  const now = live.getStyle()
  const slots: readonly string[] = Object.values(mapSlot)
  const own = new Set(Object.keys(base.sources))
  // What is merely selected is no part of the picture.
  const overlays = now.layers.filter((layer) => 'source' in layer && !own.has(layer.source) && layer.id !== incidentHalo)
  const hidden = new Set(now.layers.filter((layer) => !slots.includes(layer.id) && layer.layout?.visibility === 'none').map(({ id }) => id))
  const layers = base.layers.filter(({ id }) => !slots.includes(id)).map((layer) => (hidden.has(layer.id) ? { ...layer, layout: { ...layer.layout, visibility: 'none' as const } } : layer))
  return { ...base, sources: { ...now.sources, ...base.sources }, layers: [...layers, ...onPaper(overlays)] as StyleSpecification['layers'] }
}

function lendImage(live: MapLibre, map: MapLibre, id: string): void {
  if (map.hasImage(id)) return
  const image = live.hasImage(id) ? live.getImage(id) : undefined
  if (image?.data) {
    const { width, height, data } = image.data
    map.addImage(id, { width, height, data: new Uint8ClampedArray(data) }, { pixelRatio: image.pixelRatio, sdf: image.sdf })
    return
  }
  const mark = drawMark(id)
  const pixels = mark?.getContext('2d')?.getImageData(0, 0, mark.width, mark.height)
  if (pixels) map.addImage(id, pixels, { pixelRatio: markRatio })
}
