import { metresPerPixel } from '#core/geo/tiles.ts'
import { zoomForMetresPerPixel } from '#core/ui/web/map/scale.ts'
import { palettes } from '#core/ui/palette.ts'

/** Landscape, millimetres. */
export const papers = { A4: { width: 297, height: 210 }, A3: { width: 420, height: 297 } } as const
export type Paper = keyof typeof papers

export interface Box { x: number; y: number; width: number; height: number }

export interface Sheet {
  width: number
  height: number
  /** Where the map is, in millimetres. */
  frame: Box
  /** Of the whole sheet at the chosen resolution. */
  pixels: { width: number; height: number }
  /** Pixels in a millimetre. */
  perMm: number
}

const margin = 10
const head = 16
const foot = 12

export function sheetOf(paper: Paper, dpi: number): Sheet {
  const { width, height } = papers[paper]
  const perMm = dpi / 25.4
  return {
    width, height, perMm,
    frame: { x: margin, y: margin + head, width: width - 2 * margin, height: height - 2 * margin - head - foot },
    pixels: { width: Math.round(width * perMm), height: Math.round(height * perMm) },
  }
}

/** A CSS pixel is 1/96 inch on paper too: signs and letters are as large as on a screen. */
export const mmPerPixel = 25.4 / 96

/** Ground over paper in the middle of the map. */
export function ratioAt(lat: number, zoom: number): number {
  return (metresPerPixel(lat, zoom) * 1000) / mmPerPixel
}

export function zoomOfRatio(lat: number, ratio: number): number {
  return zoomForMetresPerPixel(lat, (ratio * mmPerPixel) / 1000)
}

/** `1:1 230 000`: three digits are all that a map of this kind can answer for. */
export function ratioText(ratio: number): string {
  return `1:${Number(ratio.toPrecision(3)).toLocaleString('en-US').replaceAll(',', ' ')}`
}

export const roundRatios = [25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000] as const

/** The screen's dark colours replaced by the light ones, everywhere in a style's layers. */
export function onPaper<T>(layers: T): T {
  const pairs = Object.entries(palettes.dark).map(([name, colour]) => [colour, palettes.light[name as keyof typeof palettes.light]] as const)
  return JSON.parse(pairs.reduce((text, [dark, light]) => text.replaceAll(`"${dark}"`, `"${light}"`), JSON.stringify(layers))) as T
}
