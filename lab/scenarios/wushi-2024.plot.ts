import { plainStroke, type StrokeBody } from '#modules/plot/stroke.ts'
import { styleOfSymbol } from '#modules/plot/strokeFeatures.ts'

/** What each level draws on the shared map of the exercise. Positions are rough and say so: 示意. */

type Drawn = Partial<StrokeBody> & Pick<StrokeBody, 'shape' | 'points'>
export interface Drawing { who: 'region' | 'prefecture' | 'county' | 'scene'; minute: number; what: string; strokes: Drawn[] }

const epicentre: [number, number] = [78.63, 41.26]
/** Published zone areas, km², added up from the inside: Ⅸ 252, Ⅷ 2500, Ⅶ 4506, Ⅵ 20668. */
const zones = [['Ⅵ', 27_926, '#fdd835'], ['Ⅶ', 7_258, '#fb8c00'], ['Ⅷ', 2_752, '#f4511e'], ['Ⅸ', 252, '#b71c1c']] as const
const kmPerDegree = 111.2

/** An ellipse of that area about the epicentre, long axis east-north-east as the fault runs, 1.6 times as long as wide. */
function isoseismal(area: number): [number, number][] {
  const b = Math.sqrt(area / Math.PI / 1.6)
  const a = 1.6 * b
  const strike = (25 * Math.PI) / 180
  return Array.from({ length: 48 }, (_, i) => {
    const t = (2 * Math.PI * i) / 48
    const [x, y] = [a * Math.cos(t), b * Math.sin(t)]
    const east = x * Math.cos(strike) - y * Math.sin(strike)
    const north = x * Math.sin(strike) + y * Math.cos(strike)
    return [rounded(epicentre[0] + east / (kmPerDegree * Math.cos((epicentre[1] * Math.PI) / 180))), rounded(epicentre[1] + north / kmPerDegree)]
  })
}

const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6
const symbol = (code: string, at: [number, number], label = ''): Drawn => ({ shape: 'symbol', symbol: code, points: [at], label })

export const drawings: Drawing[] = [
  { who: 'county', minute: 20, what: '标绘震中和已知灾情', strokes: [symbol('A10300', epicentre, '7.1级'), symbol('A10400', [78.86, 41.35], '滑坡'), symbol('C20600', [79.22, 41.21])] },
  {
    who: 'region', minute: 22, what: '标绘烈度区（示意）',
    strokes: zones.map(([degree, area, color]): Drawn => ({ shape: 'closed-curve', symbol: 'X20100', points: isoseismal(area), label: `${degree}度区（示意）`, color, fill: color, opacity: 0.12, width: 2 })),
  },
  {
    who: 'prefecture', minute: 30, what: '标绘救援路线和物资储备库',
    strokes: [
      { shape: 'curve', symbol: 'E30100', points: [[80.26, 41.17], [79.9, 41.24], [79.5, 41.2], [79.23, 41.21], [78.9, 41.24]], label: '救援主通道' },
      symbol('D30100', [80.3, 41.2]), symbol('D20400', [79.9, 41.3], '救援队'),
      { shape: 'attack-arrow', symbol: '', points: [[80.1, 41.05], [80.1, 41.12], [79.6, 41.1], [79.0, 41.18], [78.75, 41.24]], label: '增援方向', color: '#d32f2f', fill: '#d32f2f', opacity: 0.3 },
    ],
  },
  {
    who: 'scene', minute: 40, what: '标绘现场指挥部、警戒区、避难场所和受损道路',
    strokes: [
      symbol('D10100', [78.72, 41.28]), symbol('D60100', [78.8, 41.22]), symbol('X10200', [78.76, 41.31]),
      { shape: 'polygon', symbol: 'F10100', points: [[78.58, 41.3], [78.7, 41.3], [78.7, 41.22], [78.58, 41.22]], label: '警戒区域' },
      { shape: 'line', symbol: 'E20500', points: [[78.55, 41.2], [78.62, 41.24], [78.66, 41.27]], label: '道路中断' },
      { shape: 'assembly-area', symbol: 'X20500', points: [[78.85, 41.16], [78.95, 41.2], [78.98, 41.13]], label: '集结区' },
    ],
  },
]

/** A stroke as the API takes it. */
export function featureBody(stroke: Drawn) {
  return { type: 'Feature', geometry: null, properties: { ...plainStroke, ...styleOfSymbol(stroke.symbol ?? ''), ...stroke } }
}
