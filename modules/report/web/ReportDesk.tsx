import { BellOutlined, DownloadOutlined, PlusOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Segmented, Switch } from 'antd'
import { useRef } from 'react'
import { api, queryText } from '#core/ui/web/api.ts'
import { useSound } from '#core/ui/web/chime.ts'
import { useKeys } from '#core/ui/web/keys.ts'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { said, useText } from '#core/ui/web/texts.ts'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import type { CountsAnswer, ListAnswer } from '../report.api.ts'
import { DeskCounts } from './DeskCounts.tsx'
import { DeskFilters } from './DeskFilters.tsx'
import { DeskList } from './DeskList.tsx'
import { UnsentStrip } from './UnsentStrip.tsx'
import { deskTexts } from './deskTexts.ts'
import { isNarrowed, readFilter, writeFilter, type DeskFilter } from './deskView.ts'

/** 值班台: what has arrived and what was sent, what presses, and what has not gone out yet. */
export function ReportDesk() {
  const say = useText(deskTexts)
  const navigate = useNavigate()
  const { person } = useSession()
  const filter = readFilter(useSearch({ strict: false }))
  const [sound, setSound] = useSound()
  const searchRef = useRef<HTMLInputElement>(null)
  const { page, size, ...query } = filter
  const reports = useQuery({
    queryKey: ['report', 'list', filter],
    queryFn: ({ signal }) => api.get<ListAnswer>('/api/reports', { query: { ...query, page, size }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const counts = useQuery({ queryKey: ['report', 'counts'], queryFn: ({ signal }) => api.get<CountsAnswer>('/api/reports/counts', { signal }), refetchInterval: 15_000 })
  const modes = reports.data?.items.map((r) => r.mode) ?? []
  useTellMode(modes.find((mode) => mode !== 'actual'), modes.includes('actual'))

  const show = (change: Partial<DeskFilter>) => { void navigate({ to: '/duty', search: writeFilter({ ...filter, page: 1, ...change }), replace: true }) }
  const mayWrite = person.roles.some((role) => role === 'duty' || role === 'leader' || role === 'field')
  const write = () => { void navigate({ to: '/reports/new' }) }
  useKeys([
    ...(mayWrite ? [{ keys: ['n'], help: said(deskTexts, 'keys.new'), run: write }] : []),
    { keys: ['s'], help: said(deskTexts, 'keys.search'), run: () => searchRef.current?.focus() },
    { keys: ['b'], help: said(deskTexts, 'keys.box'), run: () => show({ box: filter.box === 'in' ? 'out' : 'in' }) },
  ])

  return (
    <PageFrame
      title={say('title')}
      actions={<>
        <label className="row small soft"><BellOutlined aria-hidden="true" /><Switch size="small" checked={sound} onChange={setSound} aria-label={say(sound ? 'sound.on' : 'sound.off')} /><span className="wide">{say(sound ? 'sound.on' : 'sound.off')}</span></label>
        <Button icon={<DownloadOutlined />} href={`/api/reports.xlsx${queryText({ ...query })}`} download aria-label={say('excel')}><span className="wide">{say('excel')}</span></Button>
        {mayWrite ? <Button type="primary" icon={<PlusOutlined />} onClick={write}>{say('new')}</Button> : null}
      </>}
    >
      <UnsentStrip />
      <DeskCounts counts={counts.data} filter={filter} onShow={show} />
      <Panel>
        <div className="desk-bar">
          <Segmented<DeskFilter['box']>
            value={filter.box} onChange={(box) => show({ box })} aria-label={say('title')}
            options={[{ value: 'in', label: say('box.in') }, { value: 'out', label: say('box.out') }, { value: 'all', label: say('box.all') }]}
          />
          <DeskFilters filter={filter} onShow={show} searchRef={searchRef} />
        </div>
        <Fetched query={reports}>
          {(data) => <DeskList list={data} filter={filter} onShow={show} empty={say(isNarrowed(filter) ? 'empty.filtered' : filter.box === 'in' ? 'empty.in' : 'empty.out')} />}
        </Fetched>
      </Panel>
    </PageFrame>
  )
}
