import type { StrokeBody } from './stroke.ts'
import { symbolByCode } from './symbols.ts'

/** Ground of a note's box at the end of its leader line: (255,235,205) of the standard. */
export const noteFill = '#ffebcd'

export interface LineStyle {
  color: string
  /** px, at least 2. */
  width: number
  dash: StrokeBody['dash']
  /** A mark repeated along the line: `decorationSvg`, every `decorationSpacing` px. Null for a bare line. */
  decoration: Decoration | null
}

export interface Decoration {
  /** `line`: turned with the line, and pointing on along it, never flipped to stay upright. `upright`: never turned. */
  turns: 'line' | 'upright'
}

export interface AreaStyle extends Omit<LineStyle, 'decoration'> {
  fill: string
  /** Of the fill, 0–1. */
  opacity: number
  /** Four arrows at the outline: `areaArrows` of shapes.ts makes them. */
  arrows: 'in' | 'out' | null
}

/** Dash patterns in widths of the line, as MapLibre takes them; null is solid. */
export const dashArrays: Readonly<Record<StrokeBody['dash'], readonly number[] | null>> = {
  solid: null, dash: [4, 2.5], dot: [1, 2], 'dash-dot': [5, 2, 1, 2],
}

/** Side of a decoration's square picture, px, and from one to the next along the line. */
export const decorationSize = 24
export const decorationSpacing = 56

interface LineArt { width: number; dash: StrokeBody['dash']; turns: Decoration['turns']; art: (ink: string, ground: string) => string }

const path = (d: string, stroke: string, width: number, fill = 'none') => `<path d="${d}" fill="${fill}" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
/** With a light edge, so that it stands out on any ground. */
const edged = (d: string, ink: string, ground: string, width: number) => path(d, ground, width + 2) + path(d, ink, width)
const badge = (ink: string, ground: string, inner: string) => `<circle cx="12" cy="12" r="9" fill="${ground}" stroke="${ink}" stroke-width="2"/>${inner}`

/** The line runs through the middle of the square from left to right. */
const lineArts: Readonly<Record<string, LineArt>> = {
  // Ticks across, in pairs.
  E10100: { width: 3, dash: 'solid', turns: 'line', art: (ink, ground) => edged('M8 4V20M16 4V20', ink, ground, 2.5) },
  // A tick across and a leaf.
  E10200: { width: 3, dash: 'solid', turns: 'line', art: (ink, ground) => `${edged('M4 4V20', ink, ground, 2.5)}<path d="M9 12Q14 3 23 4Q22 20 9 12Z" fill="${ink}" stroke="${ground}" stroke-width="1"/><path d="M9 12L19 7" stroke="${ground}" stroke-width="1.3" fill="none"/>` },
  // A cable cut across: its cores.
  E20100: { width: 2.5, dash: 'solid', turns: 'upright', art: (ink, ground) => badge(ink, ground, [[12, 8.3], [8.7, 14], [15.3, 14]].map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.4" fill="${ink}"/>`).join('')) },
  // A bolt.
  E20200: { width: 2.5, dash: 'solid', turns: 'upright', art: (ink, ground) => badge(ink, ground, `<path d="M13.5 4L7 13H11.5L10 20L17 10.5H12.5Z" fill="${ink}"/>`) },
  // Free to pass.
  E20300: { width: 5, dash: 'solid', turns: 'upright', art: (ink, ground) => badge(ink, ground, path('M7.5 12.5L11 16L17 8.5', ink, 2.6)) },
  // The warning triangle.
  E20400: { width: 5, dash: 'dash', turns: 'upright', art: (ink, ground) => `<path d="M12 2L23 21H1Z" fill="${ground}" stroke="${ink}" stroke-width="2.2" stroke-linejoin="round"/><path d="M12 8.5V14" stroke="${ink}" stroke-width="2.6" stroke-linecap="round"/><circle cx="12" cy="17.8" r="1.5" fill="${ink}"/>` },
  // Crosses.
  E20500: { width: 5, dash: 'dash', turns: 'line', art: (ink, ground) => edged('M5 5L19 19M19 5L5 19', ink, ground, 3.2) },
  // Full heads, the way the vehicles go.
  E30100: { width: 4, dash: 'solid', turns: 'line', art: (ink, ground) => `<path d="M4 3L22 12L4 21L8 12Z" fill="${ink}" stroke="${ground}" stroke-width="1.2" stroke-linejoin="round"/>` },
  // Open heads two by two, the way people leave.
  E30200: { width: 3, dash: 'dash', turns: 'line', art: (ink, ground) => edged('M5 5L12 12L5 19M13 5L20 12L13 19', ink, ground, 2.6) },
}

const areaArts: Readonly<Record<string, Pick<AreaStyle, 'width' | 'dash' | 'opacity' | 'arrows'>>> = {
  F10100: { width: 3, dash: 'dash-dot', opacity: 0.1, arrows: null },
  F10200: { width: 3, dash: 'solid', opacity: 0.12, arrows: 'in' },
  F10300: { width: 3, dash: 'solid', opacity: 0.2, arrows: 'out' },
  X20100: { width: 2, dash: 'solid', opacity: 0.08, arrows: null },
  X20200: { width: 2, dash: 'dash', opacity: 0.3, arrows: null },
  X20300: { width: 2, dash: 'solid', opacity: 0.4, arrows: null },
  X20400: { width: 2, dash: 'dot', opacity: 0.35, arrows: null },
  X20500: { width: 3, dash: 'solid', opacity: 0.15, arrows: null },
}

/** How a line symbol is drawn; undefined for what is none. */
export function lineStyle(code: string): LineStyle | undefined {
  const art = lineArts[code]
  const color = symbolByCode(code)?.color
  return art && color ? { color, width: art.width, dash: art.dash, decoration: { turns: art.turns } } : undefined
}

/** How an area symbol or an arrow is drawn; undefined for what is neither. */
export function areaStyle(code: string): AreaStyle | undefined {
  const symbol = symbolByCode(code)
  if (symbol?.geometry !== 'polygon') return undefined
  return { color: symbol.color, fill: symbol.color, ...(areaArts[code] ?? { width: 2.5, dash: 'solid', opacity: code === 'X40200' ? 0 : 0.35, arrows: null }) }
}

/** The mark of a line symbol as a picture for the map; a stroke's own colour may take the symbol's place. '' where there is none. */
export function decorationSvg(code: string, options: { size?: number; color?: string } = {}): string {
  const { size = decorationSize, color } = options
  const art = decorationArt(code, color)
  return art && `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${size}" height="${size}">${art}</svg>`
}

export function decorationArt(code: string, color?: string): string {
  const art = lineArts[code]
  const own = symbolByCode(code)
  return art && own ? art.art(color || own.color, '#ffffff') : ''
}
