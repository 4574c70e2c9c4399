/**
 * One stroke of a pictogram on a grid of 64, in the box 6–58 by 4–46 above the label. Without `pen` it is a filled
 * outline, with it a line so many units wide; `cut` is drawn in the frame's colour, as if taken out.
 */
export interface Mark {
  d: string
  pen?: number
  cut?: boolean
  /** Degrees clockwise about the middle of the box. */
  turn?: number
}

export const fill = (d: string, turn?: number): Mark => ({ d, turn })
export const pen = (d: string, width = 4.5, turn?: number): Mark => ({ d, pen: width, turn })
export const cut = (d: string): Mark => ({ d, cut: true })
export const cutPen = (d: string, width = 3): Mark => ({ d, pen: width, cut: true })

/** A circle as path data. */
export const disc = (x: number, y: number, r: number): string => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`

const at = (x: number, y: number, r: number, degrees: number) => {
  const angle = (degrees * Math.PI) / 180
  return `${round(x + r * Math.cos(angle))} ${round(y + r * Math.sin(angle))}`
}
const round = (n: number) => Math.round(n * 100) / 100

/** A five-pointed star, one point up. */
export function star(x: number, y: number, r: number): string {
  const corners = Array.from({ length: 10 }, (_, i) => at(x, y, i % 2 === 0 ? r : r * 0.4, -90 + i * 36))
  return `M${corners.join('L')}Z`
}

/** Lines outward from a middle, evenly turned. */
export function rays(x: number, y: number, from: number, to: number, count: number, first = 0): string {
  return Array.from({ length: count }, (_, i) => `M${at(x, y, from, first + (360 / count) * i)}L${at(x, y, to, first + (360 / count) * i)}`).join('')
}

/** Discs around a middle, evenly turned. */
export function beads(x: number, y: number, radius: number, r: number, count: number, first = 0): string {
  return Array.from({ length: count }, (_, i) => {
    const [bx, by] = at(x, y, radius, first + (360 / count) * i).split(' ').map(Number) as [number, number]
    return disc(bx, by, r)
  }).join('')
}

/** A slice of a ring, 60° wide, about a direction. */
export function blade(x: number, y: number, inner: number, outer: number, degrees: number): string {
  return `M${at(x, y, inner, degrees - 30)}L${at(x, y, outer, degrees - 30)}A${outer} ${outer} 0 0 1 ${at(x, y, outer, degrees + 30)}L${at(x, y, inner, degrees + 30)}A${inner} ${inner} 0 0 0 ${at(x, y, inner, degrees - 30)}Z`
}

/** Water from left to right. */
export const waves = (y: number, from = 7, humps = 4, width = 12.5): string => `M${from} ${y}q${width / 2} -6 ${width} 0${`t${width} 0`.repeat(humps - 1)}`

/** A standing person: head and rounded shoulders. */
export const bust = (x: number, y: number, r: number, bottom: number): string =>
  `${disc(x, y, r)}M${x - 1.7 * r} ${bottom}V${y + 2.9 * r}Q${x - 1.7 * r} ${y + 1.35 * r} ${x} ${y + 1.35 * r}T${x + 1.7 * r} ${y + 2.9 * r}V${bottom}Z`
