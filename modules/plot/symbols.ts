import type { Shape } from './stroke.ts'
import { symbolRows, type SymbolRow } from './symbols.data.ts'
import { ownColors, roleColors, symbolGroups, type SymbolFrame, type SymbolGeometry, type SymbolGroup, type SymbolRole } from './symbols.groups.ts'

export { symbolGroups, type SymbolFrame, type SymbolGeometry, type SymbolGroup, type SymbolRole } from './symbols.groups.ts'

export interface PlotSymbol {
  code: string
  group: string
  role: SymbolRole
  geometry: SymbolGeometry
  zh: string
  en: string
  /** 2–4 characters, shown in the lower quarter of a point symbol. */
  label: string
  /** Words that may take the label's place: 泥石流 for A10400. A stroke's own `label` may be any other. */
  subLabels: readonly string[]
  color: string
  frame: SymbolFrame
  /** Ours, not of the standard. */
  extension: boolean
  /** The shape a new stroke starts with, then the others that suit. */
  shapes: readonly Shape[]
}

const signShapes: Readonly<Record<string, Shape>> = { X30100: 'text', X30200: 'note', X40100: 'straight-arrow', X40200: 'fine-arrow', X40300: 'attack-arrow', X40400: 'pincer-arrow' }
const areaShapes: readonly Shape[] = ['polygon', 'closed-curve', 'circle', 'sector', 'rectangle', 'freehand', 'assembly-area']
const lineShapes: readonly Shape[] = ['line', 'curve', 'freehand']

function shapesOf(code: string, geometry: SymbolGeometry): readonly Shape[] {
  const own = signShapes[code]
  if (own) return [own]
  if (code === 'X20500') return ['assembly-area', ...areaShapes.filter((shape) => shape !== 'assembly-area')]
  return geometry === 'point' ? ['symbol'] : geometry === 'line' ? lineShapes : areaShapes
}

function symbolOf([code, zh, , en, label, , subLabels = []]: SymbolRow): PlotSymbol {
  const group = symbolGroups.find((g) => code.startsWith(g.id))!
  const { role, geometry } = group
  const framed = geometry === 'point' && role !== 'sign'
  return {
    code, group: group.id, role, geometry, zh, en, label, subLabels: subLabels.map(([word]) => word),
    color: ownColors[code] ?? roleColors[role],
    frame: framed ? (role === 'event' ? 'rounded' : 'square') : 'none',
    extension: code.startsWith('X'),
    shapes: shapesOf(code, geometry),
  }
}

export const symbols: readonly PlotSymbol[] = symbolRows.map(symbolOf)
const byCode = new Map(symbols.map((symbol) => [symbol.code, symbol]))

export function symbolByCode(code: string): PlotSymbol | undefined {
  return byCode.get(code)
}

/** For the picker: each group with its symbols, in the standard's order, groups without any left out. */
export function groupSymbols(among: readonly PlotSymbol[] = symbols): { group: SymbolGroup; symbols: PlotSymbol[] }[] {
  return symbolGroups
    .map((group) => ({ group, symbols: among.filter((symbol) => symbol.group === group.id) }))
    .filter((entry) => entry.symbols.length > 0)
}

export interface SymbolHit {
  symbol: PlotSymbol
  /** The sub-label that was meant, '' for the symbol itself: 泥石流 finds A10400 with its label replaced. */
  subLabel: string
}

interface Entry { hit: SymbolHit; words: string[]; pinyin: string[]; initials: string[]; latin: string[] }
const tight = (text: string) => text.replaceAll(' ', '')
const initialsOf = (pinyin: string) => pinyin.split(' ').map((syllable) => syllable[0]).join('')

const entries: readonly Entry[] = symbolRows.flatMap((row): Entry[] => {
  const [code, zh, pinyin, en, label, labelPinyin, subLabels = []] = row
  const symbol = byCode.get(code)!
  return [
    { hit: { symbol, subLabel: '' }, words: [zh, label], pinyin: [pinyin, labelPinyin].map(tight), initials: [pinyin, labelPinyin].map(initialsOf), latin: [code.toLowerCase(), en.toLowerCase()] },
    ...subLabels.map(([word, p]): Entry => ({ hit: { symbol, subLabel: word }, words: [word], pinyin: [tight(p)], initials: [initialsOf(p)], latin: [] })),
  ]
})

/**
 * By code, Chinese name, label or sub-label, full pinyin, initials (`dzzh`), or English; letters in any case, spaces
 * ignored in pinyin. The best comes first; without a query everything, in the standard's order.
 */
export function searchSymbols(query: string, limit = 50): SymbolHit[] {
  const q = query.normalize('NFKC').trim().toLowerCase()
  if (q === '') return symbols.slice(0, limit).map((symbol) => ({ symbol, subLabel: '' }))
  return entries
    .map((entry, order) => ({ entry, order, rank: rankOf(entry, q) }))
    .filter((found) => found.rank > 0)
    .sort((a, b) => b.rank - a.rank || a.order - b.order)
    .slice(0, limit)
    .map((found) => found.entry.hit)
}

function rankOf(entry: Entry, q: string): number {
  const p = tight(q)
  const [code = ''] = entry.latin
  if (code === p || entry.words.includes(q)) return 100
  if (code !== '' && /^[a-z]\d+$/.test(p)) return code.startsWith(p) ? 90 : code.includes(p) ? 50 : 0
  if (/^\d+$/.test(p)) return code.includes(p) ? 50 : 0
  if (entry.words.some((word) => word.startsWith(q))) return 80
  if (entry.words.some((word) => word.includes(q))) return 70
  if (entry.initials.includes(p) || entry.pinyin.includes(p)) return 65
  if (entry.initials.some((text) => text.startsWith(p))) return 60
  if (entry.pinyin.some((text) => text.startsWith(p))) return 55
  if (entry.latin.some((text) => text.startsWith(q) || text.includes(` ${q}`))) return 45
  if (p.length > 1 && entry.pinyin.some((text) => text.includes(p))) return 40
  if (p.length > 1 && entry.initials.some((text) => text.includes(p))) return 35
  if (entry.latin.some((text) => text.includes(q))) return 30
  return /\p{Script=Han}/u.test(q) && entry.words.some((word) => isWithin(word, p)) ? 20 : 0
}

/** All characters of `q` in their order, others between: 中毒感染 in 群体性中毒和感染事件. */
function isWithin(word: string, q: string): boolean {
  let at = -1
  for (const character of q) {
    at = word.indexOf(character, at + 1)
    if (at === -1) return false
  }
  return true
}
