import { metresPerPixel } from '#core/geo/tiles.ts'

/** The zoom at which one pixel is so many metres. */
export function zoomForMetresPerPixel(lat: number, metres: number): number {
  return Math.log2(metresPerPixel(lat, 0) / metres)
}

export interface ScaleBar {
  pixels: number
  metres: number
  text: string
}

/** The longest round length (1, 2, 3, 5 × 10ⁿ) that fits. */
export function scaleBar(perPixel: number, widest: number): ScaleBar {
  const most = perPixel * widest
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * ([5, 3, 2].find((n) => n * power <= most) ?? 1)
  return { pixels: metres / perPixel, metres, text: metres >= 1000 ? `${metres / 1000} km` : `${Number(metres.toPrecision(3))} m` }
}
