import type { Map as MapLibre } from 'maplibre-gl'
import { decorationSize, decorationSvg, symbolSvg } from '../symbolArt.ts'
import { readImage } from '../strokeFeatures.ts'

const ratio = 2
/** A symbol's picture, px; the map makes it as large as the stroke says. */
const symbolSize = 64
const drawn = new Map<string, ImageData>()

/** Draws symbols and marks for the map when it first misses them. */
export function supplyPictures(map: MapLibre): () => void {
  const missing = ({ id }: { id: string }) => {
    if (map.hasImage(id)) return
    if (id.startsWith('plotbox\u001f')) return addBox(map, id)
    const wanted = readImage(id)
    if (!wanted) return
    const size = wanted.kind === 'symbol' ? symbolSize : decorationSize
    const ready = drawn.get(id)
    // Empty at first: a picture is decoded in its own time, and the map asks only once.
    map.addImage(id, ready ?? new ImageData(size * ratio, size * ratio), { pixelRatio: ratio })
    if (ready) return
    const svg = wanted.kind === 'symbol' ? symbolSvg(wanted.code, { size: size * ratio, ...(wanted.label === '' ? {} : { subLabel: wanted.label }) }) : decorationSvg(wanted.code, { size: size * ratio, ...(wanted.color === '' ? {} : { color: wanted.color }) })
    const image = new Image()
    image.addEventListener('load', () => {
      const pixels = pixelsOf(image, size * ratio)
      if (!pixels) return
      drawn.set(id, pixels)
      if (map.style && map.hasImage(id)) map.updateImage(id, pixels)
    })
    image.src = svgAddress(svg)
  }
  map.on('styleimagemissing', missing)
  return () => { map.off('styleimagemissing', missing) }
}

export function svgAddress(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`
}

function pixelsOf(image: HTMLImageElement, size: number): ImageData | undefined {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!pen) return undefined
  pen.canvas.width = size
  pen.canvas.height = size
  pen.drawImage(image, 0, 0, size, size)
  return pen.getImageData(0, 0, size, size)
}

/** The box of a note, stretched about its words. */
function addBox(map: MapLibre, id: string): void {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!pen) return
  pen.canvas.width = 24
  pen.canvas.height = 24
  pen.fillStyle = id.slice(id.indexOf('\u001f') + 1)
  pen.strokeStyle = '#202020'
  pen.lineWidth = 2
  pen.fillRect(1, 1, 22, 22)
  pen.strokeRect(1, 1, 22, 22)
  map.addImage(id, pen.getImageData(0, 0, 24, 24), { pixelRatio: ratio, stretchX: [[6, 18]], stretchY: [[6, 18]], content: [4, 4, 20, 20] })
}
