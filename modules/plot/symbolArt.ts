import { eventArt } from './symbolArt.events.ts'
import { areaStyle, dashArrays, decorationArt, lineStyle } from './symbolArt.lines.ts'
import type { Mark } from './symbolArt.marks.ts'
import { placeArt, signArt } from './symbolArt.places.ts'
import { symbolByCode, type PlotSymbol } from './symbols.ts'

export { areaStyle, dashArrays, decorationSize, decorationSpacing, decorationSvg, lineStyle, noteFill, type AreaStyle, type Decoration, type LineStyle } from './symbolArt.lines.ts'

export interface SymbolSvgOptions {
  /** Width and height, px. */
  size: number
  /** In place of the symbol's own label; '' for none. Four characters are shown at most. */
  label?: string
  /** A sub-label stands before either. */
  subLabel?: string
  selected?: boolean
}

/**
 * The picture of a symbol: for points what stands on the map (pictogram, and the label in the lower quarter, by the
 * standard), for lines, areas, words and arrows what a picker shows. A code we do not know gets an empty frame with
 * the code's own letters, so that what a newer station drew is still seen.
 */
export function symbolSvg(code: string, options: SymbolSvgOptions): string {
  const symbol = symbolByCode(code)
  const label = shown(options.subLabel || (options.label ?? symbol?.label ?? code))
  const inner = !symbol ? framed('#808080', 'square', [], label)
    : symbol.frame === 'none' ? sample(symbol, label)
    : framed(symbol.color, symbol.frame, eventArt[code] ?? placeArt[code] ?? [], label)
  const halo = options.selected ? '<rect x="1.5" y="1.5" width="61" height="61" rx="8" fill="none" stroke="#00e5ff" stroke-width="3"/>' : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="${options.size}" height="${options.size}">${inner}${halo}</svg>`
}

/** Light drawing on the dark colours, dark on the bright ones. */
function inkOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16)) as [number, number, number]
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#000000' : '#ffffff'
}

function framed(color: string, frame: 'rounded' | 'square', marks: readonly Mark[], label: string): string {
  const r = frame === 'rounded' ? 13 : 0
  const strip = frame === 'rounded' ? 'M3 46.5H61V50A11 11 0 0 1 50 61H14A11 11 0 0 1 3 50Z' : 'M3 46.5H61V61H3Z'
  const picture = marks.map((mark) => drawn(mark, inkOn(color), color)).join('')
  return `<rect x="0.75" y="0.75" width="62.5" height="62.5" rx="${r}" fill="#ffffff" stroke="#202020" stroke-width="1.5"/>`
    + `<rect x="3" y="3" width="58" height="58" rx="${Math.max(0, r - 2)}" fill="${color}"/>`
    + (label ? `<g transform="${pictureBox}">${picture}</g><path d="${strip}" fill="#ffffff"/>${words(label)}` : `<g transform="translate(0 7)">${picture}</g>`)
}

/** The pictograms' box, 4 to 46 high, put between the frame's upper edge and the label. */
const pictureBox = 'translate(3.2 2) scale(0.9)'

function drawn({ d, pen, cut, turn }: Mark, ink: string, ground: string): string {
  const color = cut ? ground : ink
  const paint = pen === undefined ? `fill="${color}"` : `fill="none" stroke="${color}" stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round"`
  return `<path d="${d}" ${paint}${turn === undefined ? '' : ` transform="rotate(${turn} 32 25)"`}/>`
}

function words(label: string, halo = false): string {
  const size = label.length > 3 ? 13.5 : 14
  const edge = halo ? ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' : ''
  return `<text x="32" y="${halo ? 60 : 58.8}" font-family="'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="#000000"${edge}>${escaped(label)}</text>`
}

/** Four wide characters fill the strip; Latin letters are half as wide. */
function shown(label: string): string {
  let room = 8
  return [...label].filter((character) => (room -= character.charCodeAt(0) < 0x2e80 ? 1.25 : 2) >= 0).join('')
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/[\u0000-\u001f\ufffe\uffff]/g, '')

function sample(symbol: PlotSymbol, label: string): string {
  const { code, color } = symbol
  const sign = signArt[code]
  const line = lineStyle(code)
  const area = areaStyle(code)
  const picture = sign ? sign.map((mark) => drawn(mark, color, '#ffffff')).join('')
    : line ? `${stroked('M2 26H62', line)}${[18, 46].map((x) => `<g transform="translate(${x - 12} 14)">${decorationArt(code)}</g>`).join('')}`
    : area ? `${stroked(areaOutline, area, `${area.fill}" fill-opacity="${area.opacity}`)}${area.arrows ? arrowsOf(area.arrows, color) : ''}` : ''
  return picture + (label ? words(label, true) : '')
}

/** An uneven round, as hands draw areas. */
const areaOutline = 'M15 25C13 15 22 10 32 11C42 10 52 15 50 25C52 34 42 39 32 38C22 40 12 35 15 25Z'

function stroked(d: string, style: { color: string; width: number; dash: keyof typeof dashArrays }, fill = 'none'): string {
  const dashes = dashArrays[style.dash]?.map((n) => n * style.width).join(' ')
  return `<path d="${d}" fill="${fill}" stroke="${style.color}" stroke-width="${style.width}"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`
}

function arrowsOf(direction: 'in' | 'out', color: string): string {
  const d = direction === 'in' ? 'M32 12V20M28 17L32 21L36 17' : 'M32 8V2M28.5 5.5L32 2L35.5 5.5'
  return [0, 90, 180, 270].map((turn) => `<path d="${d}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" transform="rotate(${turn} 32 25)"/>`).join('')
}
