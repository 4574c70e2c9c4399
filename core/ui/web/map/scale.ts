/** Ground metres of one CSS pixel of the Web Mercator map with tiles of 512 px. */
export function metresPerPixel(lat: number, zoom: number): number {
  return (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
}

/** The zoom at which one pixel is so many metres. */
export function zoomForMetresPerPixel(lat: number, metres: number): number {
  return Math.log2((40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * metres))
}

export interface ScaleBar {
  pixels: number
  metres: number
  text: string
}

/** The longest round length (1, 2, 3, 5 × 10ⁿ) that fits. */
export function scaleBar(metresPerPixel: number, widest: number): ScaleBar {
  const most = metresPerPixel * widest
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = power * ([5, 3, 2].find((n) => n * power <= most) ?? 1)
  return { pixels: metres / metresPerPixel, metres, text: metres >= 1000 ? `${metres / 1000} km` : `${Number(metres.toPrecision(3))} m` }
}
