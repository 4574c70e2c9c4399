import { Input } from 'antd'
import { memo, useDeferredValue, useState } from 'react'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { styleOfSymbol } from '../strokeFeatures.ts'
import { symbolSvg } from '../symbolArt.ts'
import { groupSymbols, searchSymbols, symbolByCode, type SymbolHit } from '../symbols.ts'
import type { Shape, StrokeBody } from '../stroke.ts'
import { svgAddress } from './pictures.ts'
import { plotTexts } from './plotTexts.ts'

type Choose = (shape: Shape, symbol: string, style: Partial<StrokeBody>) => void
const remembered = 'fengsui.plot.recent'
const mostRecent = 8
const kinds = ['A', 'B', 'C', 'D', 'E', 'F', 'X'] as const

/** Symbols by name, pinyin, initials or code; the last used first; grouped as in the standard. */
export function SymbolPicker({ disabled, chosen, onChoose }: { disabled: boolean; chosen: string; onChoose: Choose }) {
  const say = useText(plotTexts)
  const [language] = useLanguage()
  const [query, setQuery] = useState('')
  const [kind, setKind] = useState<(typeof kinds)[number]>('A')
  const [recent, setRecent] = useState(recall)
  const asked = useDeferredValue(query.trim())
  const choose = (hit: SymbolHit) => {
    const { code, shapes } = hit.symbol
    const next = [code, ...recent.filter((one) => one !== code)].slice(0, mostRecent)
    setRecent(next)
    keep(next)
    onChoose(shapes[0] ?? 'symbol', code, { ...styleOfSymbol(code), ...(hit.subLabel === '' ? {} : { label: hit.subLabel }) })
  }
  const grid = (hits: readonly SymbolHit[], label: string) => (
    <ul className="plot-symbols" aria-label={label}>
      {hits.map((hit) => <li key={`${hit.symbol.code} ${hit.subLabel}`}><SymbolButton hit={hit} name={nameOf(hit, language)} disabled={disabled} pressed={hit.symbol.code === chosen} onChoose={choose} /></li>)}
    </ul>
  )
  const hits = asked === '' ? null : searchSymbols(asked, 60)
  return (
    <section className="stack plot-picker" aria-label={say('symbols.title')}>
      <h3>{say('symbols.title')}</h3>
      <Input id="plot-symbol-search" type="search" allowClear value={query} placeholder={say('symbols.search')} aria-label={say('symbols.search')} onChange={(event) => { setQuery(event.target.value) }} onPressEnter={() => { const [first] = searchSymbols(query.trim(), 1); if (first && !disabled && query.trim() !== '') choose(first) }} />
      {hits ? (hits.length === 0 ? <p className="soft">{say('symbols.none')}</p> : grid(hits, say('symbols.title'))) : (
        <>
          {recent.length > 0 ? <><h4>{say('symbols.recent')}</h4>{grid(recent.flatMap((code) => plain(code)), say('symbols.recent'))}</> : null}
          <div className="plot-kinds" role="group" aria-label={say('symbols.title')}>{kinds.map((one) => <button key={one} type="button" aria-pressed={one === kind} onClick={() => { setKind(one) }}>{one}</button>)}</div>
          {groupSymbols().filter(({ group }) => group.id.startsWith(kind)).map(({ group, symbols }) => {
            const title = `${group.id} ${language === 'zh' ? group.zh : group.en}`
            return <div key={group.id}><h4>{title}</h4>{grid(symbols.map((symbol) => ({ symbol, subLabel: '' })), title)}</div>
          })}
        </>
      )}
    </section>
  )
}

const SymbolButton = memo(function SymbolButton({ hit, name, disabled, pressed, onChoose }: { hit: SymbolHit; name: string; disabled: boolean; pressed: boolean; onChoose: (hit: SymbolHit) => void }) {
  const { code } = hit.symbol
  return (
    <button type="button" className="plot-symbol" title={`${code} ${name}`} aria-label={`${code} ${name}`} aria-pressed={pressed} disabled={disabled} onClick={() => { onChoose(hit) }}>
      <img src={svgAddress(symbolSvg(code, { size: 48, ...(hit.subLabel === '' ? {} : { subLabel: hit.subLabel }) }))} alt="" width="48" height="48" loading="lazy" />
    </button>
  )
}, (a, b) => a.hit.symbol === b.hit.symbol && a.hit.subLabel === b.hit.subLabel && a.name === b.name && a.disabled === b.disabled && a.pressed === b.pressed && a.onChoose === b.onChoose)

function nameOf({ symbol, subLabel }: SymbolHit, language: string): string {
  return [language === 'zh' ? symbol.zh : symbol.en, subLabel].filter(Boolean).join(' · ')
}

function plain(code: string): SymbolHit[] {
  const symbol = symbolByCode(code)
  return symbol ? [{ symbol, subLabel: '' }] : []
}

function recall(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(remembered) ?? '[]')
    return Array.isArray(kept) ? kept.filter((code): code is string => typeof code === 'string').slice(0, mostRecent) : []
  } catch {
    return []
  }
}

function keep(codes: readonly string[]): void {
  try {
    localStorage.setItem(remembered, JSON.stringify(codes))
  } catch {
    // A full or forbidden store loses only a preference.
  }
}
