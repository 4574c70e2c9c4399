import { Button, Input, Select, type InputRef } from 'antd'
import { useEffect, useState, type RefObject } from 'react'
import { useText } from '#core/ui/web/texts.ts'
import { deskTexts } from './deskTexts.ts'
import { isNarrowed, type DeskFilter } from './deskView.ts'

const choices = {
  kind: ['first', 'followUp', 'final', 'daily'],
  level: ['I', 'II', 'III', 'IV'],
  status: ['draft', 'submitted', 'sent', 'received', 'accepted', 'returned', 'handling', 'handled', 'closed', 'merged'],
  mode: ['actual', 'exercise', 'test'],
} as const

/** Search and the four filters of the desk. */
export function DeskFilters({ filter, onShow, searchRef }: { filter: DeskFilter; onShow: (change: Partial<DeskFilter>) => void; searchRef: RefObject<HTMLInputElement | null> }) {
  const say = useText(deskTexts)
  return (
    <div className="desk-filters">
      <SearchField key={filter.q === undefined ? 'empty' : 'filled'} words={filter.q ?? ''} onSearch={(q) => onShow({ q: q || undefined })} fieldRef={searchRef} />
      {(['level', 'kind', 'status', 'mode'] as const).map((name) => (
        <Select
          key={name} value={filter[name]} allowClear placeholder={say(`filter.${name}`)} aria-label={say(`filter.${name}`)} popupMatchSelectWidth={false} className="desk-select"
          onChange={(value: string | undefined) => onShow({ [name]: value })}
          options={choices[name].map((value) => ({ value, label: say(`${name}.${value}` as Parameters<typeof say>[0]) }))}
        />
      ))}
      {isNarrowed(filter) ? <Button type="link" onClick={() => onShow({ q: undefined, kind: undefined, level: undefined, status: undefined, mode: undefined, need: undefined })}>{say('filter.clear')}</Button> : null}
    </div>
  )
}

/** Searches when the typing rests; never while a Chinese word is still being composed. */
function SearchField({ words, onSearch, fieldRef }: { words: string; onSearch: (q: string) => void; fieldRef: RefObject<HTMLInputElement | null> }) {
  const say = useText(deskTexts)
  const [typed, setTyped] = useState(words)
  const [composing, setComposing] = useState(false)
  useEffect(() => {
    if (composing || typed.trim() === words) return undefined
    const timer = setTimeout(() => onSearch(typed.trim()), 300)
    return () => clearTimeout(timer)
  }, [typed, words, composing, onSearch])
  return (
    <Input.Search
      ref={(ref: InputRef | null) => { fieldRef.current = ref?.input ?? null }} className="desk-search" value={typed} allowClear maxLength={100} placeholder={say('search')} aria-label={say('search')}
      onChange={(event) => setTyped(event.target.value)} onSearch={(q) => onSearch(q.trim())} onCompositionStart={() => setComposing(true)} onCompositionEnd={() => setComposing(false)}
    />
  )
}
