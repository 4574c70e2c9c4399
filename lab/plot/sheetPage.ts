import type { Geometry, Position } from '#core/geo/geojson.ts'
import { areaArrows, strokeGeometry } from '#modules/plot/shapes.ts'
import type { Shape } from '#modules/plot/stroke.ts'
import { areaStyle, dashArrays, decorationSvg, lineStyle, symbolSvg } from '#modules/plot/symbolArt.ts'
import { groupSymbols, symbols } from '#modules/plot/symbols.ts'

const sizes = [32, 48, 96]
const dark = '#101820'
const light = '#f2efe9'

/** A page that holds everything once on dark and once on light ground. */
export function sheetHtml(): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body{margin:0;font:12px sans-serif;width:1800px}section{padding:10px}h2{font-size:15px;margin:8px 0 4px}
    .row{display:flex;flex-wrap:wrap;gap:8px}.card{width:206px;text-align:center}.card svg{vertical-align:bottom;margin:1px}
    .wide{width:286px;margin:12px 0}.wide svg{overflow:visible}</style>
    ${[dark, light].map((ground) => `<section style="background:${ground};color:${ground === dark ? '#fff' : '#000'}">${pointsHtml()}${figuresHtml()}</section>`).join('')}`
}

function pointsHtml(): string {
  return groupSymbols(symbols).map(({ group, symbols }) => `<h2>${group.id} ${group.zh} ${group.en}</h2><div class="row">${symbols.map((symbol) =>
    `<div class="card">${sizes.map((size) => symbolSvg(symbol.code, { size })).join('')}<div>${symbol.code} ${symbol.zh}</div></div>`).join('')}</div>`).join('')
}

const sampleFigures: { name: string; symbol: string; shape: Shape; points: Position[] }[] = [
  ...symbols.filter((s) => s.geometry === 'line').map((s) => ({ name: `${s.code} ${s.zh}`, symbol: s.code, shape: 'curve' as const, points: [[0, 0], [3, 2], [6, 1], [10, 3]] as Position[] })),
  ...symbols.filter((s) => s.shapes[0] === 'polygon').map((s) => ({ name: `${s.code} ${s.zh}`, symbol: s.code, shape: 'closed-curve' as const, points: [[1, 1], [5, 0], [9, 2], [7, 5], [2, 4]] as Position[] })),
  ...([
    ['circle', '', [[5, 3], [7, 4]]], ['sector', '', [[2, 1], [5, 5], [8, 1]]], ['rectangle', '', [[1, 1], [9, 4]]],
    ['freehand', '', Array.from({ length: 200 }, (_, i) => [i / 20, 2 + 1.5 * Math.sin(i / 15) + 0.05 * Math.sin(i * 7)])],
    ['curve', '', [[0, 0], [3, 4], [6, 0], [10, 4]]], ['closed-curve', '', [[1, 1], [6, 0], [9, 4], [3, 5]]], ['double-line', '', [[0, 0], [4, 4], [10, 3]]],
    ['straight-arrow', '', [[0, 1], [10, 4]]], ['fine-arrow', '', [[0, 1], [10, 4]]],
    ['attack-arrow', '', [[0, 0], [0, 2], [4, 3], [6, 1], [10, 4]]], ['attack-arrow', '', [[0, 0], [0, 2], [10, 1]]], ['attack-arrow', '', [[0, 0], [2, 0.5], [1, 4], [8, 5]]],
    ['pincer-arrow', '', [[3, 0], [7, 0], [7, 5]]], ['pincer-arrow', '', [[3, 0], [7, 0], [5.5, 5], [4.5, 5]]], ['pincer-arrow', '', [[4, 0], [6, 0], [9, 4], [3, 5], [5, 2]]],
    ['assembly-area', '', [[1, 1], [8, 0], [5, 5]]], ['assembly-area', '', [[1, 1], [5, 2], [9, 3]]],
  ] as [Shape, string, Position[]][]).map(([shape, symbol, points]) => ({ name: shape, symbol, shape, points })),
]

function figuresHtml(): string {
  return `<h2>线、面与战术图形 Lines, areas, tactical shapes</h2><div class="row">${sampleFigures.map(({ name, ...figure }) => {
    const points = figure.points.map(([x, y]): [number, number] => [78.6 + x / 100, 41.2 + (y / 100) * 0.75])
    const geometry = strokeGeometry({ ...figure, points })
    return `<div class="wide"><svg width="280" height="150" viewBox="-10 -10 280 170">${figureSvg(figure.symbol, geometry)}</svg><div>${name}</div></div>`
  }).join('')}</div>`
}

const screen = ([lon, lat]: Position): [number, number] => [(lon - 78.6) * 2500, 150 - ((lat - 41.2) / 0.75) * 2500]
const path = (line: readonly Position[]) => line.map((p, i) => `${i ? 'L' : 'M'}${screen(p).map((n) => n.toFixed(1)).join(' ')}`).join('')

function figureSvg(code: string, geometry: Geometry): string {
  const style = lineStyle(code) ?? areaStyle(code) ?? { color: '#ff0000', width: 3, dash: 'solid' as const }
  const area = areaStyle(code)
  const dash = dashArrays[style.dash]?.map((n) => n * style.width).join(' ') ?? ''
  const draw = (d: string, fill: string, opacity: number, dashes = dash) => `<path d="${d}" fill="${fill}" fill-opacity="${opacity}" stroke="${style.color}" stroke-width="${style.width}" stroke-dasharray="${dashes}"/>`
  if (geometry.type === 'Polygon') {
    const arrows = area?.arrows ? areaArrows(geometry, area.arrows) : null
    return draw(path(geometry.coordinates[0]!), area?.fill ?? style.color, area?.opacity ?? 0.25) + (arrows?.type === 'MultiLineString' ? draw(arrows.coordinates.map(path).join(''), 'none', 0, '') : '')
  }
  if (geometry.type === 'MultiLineString') return draw(geometry.coordinates.map(path).join(''), 'none', 0)
  if (geometry.type !== 'LineString') return ''
  const line = geometry.coordinates
  const marks = [0.2, 0.5, 0.8].map((t) => {
    const i = Math.floor(t * (line.length - 1))
    const [[x, y], [x2, y2]] = [screen(line[i]!), screen(line[i + 1]!)]
    const turn = lineStyle(code)?.decoration?.turns === 'line' ? (Math.atan2(y2 - y, x2 - x) * 180) / Math.PI : 0
    return `<g transform="translate(${x} ${y}) rotate(${turn}) translate(-12 -12)">${decorationSvg(code)}</g>`
  })
  return draw(path(line), 'none', 0) + marks.join('')
}
