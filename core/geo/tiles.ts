import type { BBox } from './bbox.ts'

/** Web Mercator tiles as every web map counts them: z levels, x from the west, y from the north. */
export const mercatorLimit = 85.051_128_779_806_59
export const deepestZoom = 24

export interface TileAddress { z: number; x: number; y: number }

export function isTile({ z, x, y }: TileAddress): boolean {
  return [z, x, y].every(Number.isInteger) && z >= 0 && z <= deepestZoom && x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z
}

/** The box of a tile, grown by `margin` of its width on every side. */
export function tileBox({ z, x, y }: TileAddress, margin = 0): BBox {
  const n = 2 ** z
  return [
    Math.max(-180, lonOf((x - margin) / n)), latOf(Math.min(1, (y + 1 + margin) / n)),
    Math.min(180, lonOf((x + 1 + margin) / n)), latOf(Math.max(0, (y - margin) / n)),
  ]
}

/** The tile a point lies in. */
export function tileAt([lon, lat]: readonly [number, number, ...unknown[]], z: number): TileAddress {
  const n = 2 ** z
  const inside = (value: number) => Math.min(n - 1, Math.max(0, Math.floor(value * n)))
  return { z, x: inside(mercatorX(lon)), y: inside(mercatorY(lat)) }
}

/** 0 at the west edge of the world, 1 at the east. */
export function mercatorX(lon: number): number {
  return lon / 360 + 0.5
}

/** 0 at the north edge of the world, 1 at the south; latitudes beyond the edges stay on them. */
export function mercatorY(lat: number): number {
  const sin = Math.sin((Math.max(-mercatorLimit, Math.min(mercatorLimit, lat)) * Math.PI) / 180)
  return 0.5 - (0.25 * Math.log((1 + sin) / (1 - sin))) / Math.PI
}

export function lonOf(x: number): number {
  return (x - 0.5) * 360
}

export function latOf(y: number): number {
  return (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90
}

/** Metres on the ground that one pixel shows, with tiles of 512 pixels as MapLibre draws them. */
export function metresPerPixel(lat: number, zoom: number): number {
  return (2 * Math.PI * 6_378_137 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
}
