import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Input } from 'antd'
import { useDeferredValue, useRef, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { Empty, Fetched } from '#core/ui/web/States.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { normsTexts } from './normsTexts.ts'

interface CodeRow {
  code: string
  zh: string
  en: string | null
  klassName: string | null
}

/** Every event code, found by code or by words. */
export function CodesPanel() {
  const say = useText(normsTexts)
  const [words, setWords] = useState('')
  const q = useDeferredValue(words.trim())
  const codes = useQuery({ queryKey: ['norms', 'codes', q], queryFn: ({ signal }) => api.get<{ items: CodeRow[]; total: number }>('/api/norms/codes', { query: { q, size: 500 }, signal }), placeholderData: keepPreviousData, staleTime: 30_000 })
  return (
    <div className="stack">
      <div className="row">
        <Input.Search className="desk-search" value={words} onChange={(event) => setWords(event.target.value)} allowClear maxLength={60} placeholder={say('codes.search')} aria-label={say('codes.search')} />
        {codes.data ? <span className="soft small" role="status">{say('codes.total', { n: codes.data.total })}</span> : null}
      </div>
      <Fetched query={codes}>{(data) => (data.items.length === 0 ? <Empty>{say('codes.none')}</Empty> : <CodeRows rows={data.items} />)}</Fetched>
    </div>
  )
}

/** Draws only the rows in sight. */
function CodeRows({ rows }: { rows: readonly CodeRow[] }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const scroller = useRef<HTMLDivElement>(null)
  // Its functions never leave this component, so the compiler's leaving it alone is right.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 38, overscan: 12 })
  return (
    <div ref={scroller} className="code-rows" tabIndex={0} role="table" aria-label={say('tab.codes')} aria-rowcount={rows.length + 1}>
      <div role="row" className="code-row code-head"><span role="columnheader">{say('codes.code')}</span><span role="columnheader">{say('codes.name')}</span><span role="columnheader">{say('codes.class')}</span></div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = rows[index]
          return row ? (
            <div key={row.code} role="row" aria-rowindex={index + 2} className="code-row" style={{ position: 'absolute', top: 0, left: 0, right: 0, height: size, transform: `translateY(${start}px)` }}>
              <span role="cell" className="mono">{row.code}</span><span role="cell">{language === 'en' && row.en ? row.en : row.zh}</span><span role="cell" className="soft">{row.klassName ?? '—'}</span>
            </div>
          ) : null
        })}
      </div>
    </div>
  )
}
