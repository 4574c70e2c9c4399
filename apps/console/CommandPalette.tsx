import { SearchOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { useDeferredValue, useState, type KeyboardEvent } from 'react'
import { api } from '#core/ui/web/api.ts'
import { holdsAny, useSession } from '#core/ui/web/session.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useSay, useText } from '#core/ui/web/texts.ts'
import { reportAccess } from '#modules/report/report.access.ts'
import type { ReportRow } from '#modules/report/report.api.ts'
import { consoleTexts } from './consoleTexts.ts'
import { useMenu } from './Menu.tsx'

interface Hit {
  group: 'search.pages' | 'search.reports'
  to: string
  title: string
  aside: string
}

/** Ctrl-K: pages by name, reports by their words. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} onCancel={onClose} footer={null} closable={false} destroyOnHidden width={640} style={{ top: 80 }} styles={{ body: { padding: 0 } }}>
      <Palette onClose={onClose} />
    </Modal>
  )
}

function Palette({ onClose }: { onClose: () => void }) {
  const say = useText(consoleTexts)
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const q = useDeferredValue(words.trim())
  const { hits, error } = useHits(q)

  const open = (hit: Hit | undefined) => {
    if (!hit) return
    onClose()
    void navigate({ to: hit.to })
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((i) => Math.max(0, Math.min(hits.length - 1, i + step)))
    } else if (event.key === 'Enter') open(hits[at])
  }

  return (
    <div className="palette">
      <Input
        autoFocus size="large" variant="borderless" prefix={<SearchOutlined />} value={words} maxLength={100} onKeyDown={onKey}
        onChange={(event) => { setWords(event.target.value); setAt(0) }} placeholder={say('search.placeholder')}
        role="combobox" aria-label={say('top.search')} aria-expanded={hits.length > 0} aria-controls="palette-hits" aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
      />
      {error ? <FaultNote error={error} /> : null}
      <div id="palette-hits" role="listbox" aria-label={say('top.search')} className="palette-hits">
        {hits.map((hit, i) => (
          <div key={hit.to} id={`hit-${i}`} role="option" tabIndex={-1} aria-selected={i === at} className="palette-hit" onClick={() => open(hit)} onMouseMove={() => setAt(i)}
            onKeyDown={(event) => { if (event.key === 'Enter') open(hit) }} ref={i === at ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}>
            <span className="soft small">{say(hit.group)}</span><span className="grow">{hit.title}</span><span className="soft small">{hit.aside}</span>
          </div>
        ))}
      </div>
      <p className="soft small palette-foot">{hits.length === 0 && q !== '' ? say('search.none', { q }) : say('search.hint')}</p>
    </div>
  )
}

function useHits(q: string): { hits: Hit[]; error: unknown } {
  const sayScreen = useSay()
  const menu = useMenu()
  const mayRead = holdsAny(useSession().person, reportAccess['report.read'])
  const reports = useQuery({
    queryKey: ['report', 'palette', q],
    queryFn: ({ signal }) => api.get<{ items: ReportRow[] }>('/api/reports', { query: { q, size: 12 }, signal }),
    enabled: q !== '' && mayRead,
    placeholderData: (before) => before,
  })
  const pages = menu.map((s): Hit => ({ group: 'search.pages', to: s.path, title: sayScreen(s.title), aside: s.path.slice(1) }))
    .filter((hit) => `${hit.title} ${hit.aside}`.toLowerCase().includes(q.toLowerCase()))
  const found = q === '' ? [] : (reports.data?.items ?? []).map((r): Hit => ({ group: 'search.reports', to: `/reports/${r.id}`, title: r.title, aside: r.stationName }))
  return { hits: [...pages, ...found], error: reports.error }
}
