import { MoreOutlined, PlusOutlined, SyncOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown, Input, Tooltip } from 'antd'
import { useDeferredValue, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { StationRow } from '../directory.api.ts'
import { EnrolDialog, RekeyDialog } from './EnrolDialog.tsx'
import { RenameDialog, RevokeDialog } from './StationDialogs.tsx'
import { directoryTexts } from './directoryTexts.ts'
import { depthOf, inTreeOrder, keyFace } from './stationTree.ts'

type Doing = { what: 'enrol' } | { what: 'rename' | 'revoke' | 'rekey'; station: StationRow } | null

/** 目录: the tree of stations and their keys; administrators enrol, rename and revoke what lies below. */
export function StationsPage() {
  const say = useText(directoryTexts)
  const { person, station: self } = useSession()
  const [words, setWords] = useState('')
  const [doing, setDoing] = useState<Doing>(null)
  const q = useDeferredValue(words.trim())
  const stations = useQuery({ queryKey: ['station', 'list', q], queryFn: ({ signal }) => api.get<{ items: StationRow[]; total: number }>('/api/stations', { query: { q, size: 200 }, signal }), placeholderData: (before) => before })
  const isAdmin = person.roles.includes('admin')
  const close = () => setDoing(null)

  const columns: Column<StationRow>[] = [
    { key: 'name', title: say('stations.name'), render: (row) => <span style={{ paddingLeft: q ? 0 : depthOf(row.address) * 22 }}>{row.name} {row.address === self.address ? <Mark tone="blue">{say('stations.self')}</Mark> : null}</span> },
    { key: 'address', title: say('stations.address'), width: 240, render: (row) => <span className="mono">{row.address}</span> },
    { key: 'level', title: say('stations.level'), width: 120, render: (row) => say(`level.${row.level}`) },
    { key: 'kind', title: say('stations.kind'), width: 150, render: (row) => say(`kind.${row.kind}`) },
    { key: 'state', title: say('stations.state'), width: 100, render: (row) => <Mark tone={row.state === 'active' ? 'good' : 'alarm'}>{say(`stations.${row.state}`)}</Mark> },
    { key: 'key', title: say('stations.key'), width: 240, render: (row) => <Key row={row} /> },
    ...(isAdmin ? [{ key: 'more', title: '', width: 60, render: (row: StationRow) => <More row={row} self={self.address} onDo={(what) => setDoing({ what, station: row })} /> }] : []),
  ]
  return (
    <PageFrame
      title={say('stations.title')} aside={stations.data ? say('stations.total', { n: stations.data.total }) : null}
      actions={isAdmin ? <><RotateKey /><Button type="primary" icon={<PlusOutlined />} onClick={() => setDoing({ what: 'enrol' })}>{say('enrol.do')}</Button></> : null}
    >
      <Panel>
        <div className="desk-bar"><Input.Search className="desk-search" value={words} onChange={(event) => setWords(event.target.value)} allowClear maxLength={64} placeholder={say('stations.search')} aria-label={say('stations.search')} /></div>
        <Fetched query={stations}>
          {(data) => <DataList label={say('stations.title')} rows={inTreeOrder(data.items)} rowKey={(row) => row.address} columns={columns} empty={say('stations.empty')} />}
        </Fetched>
      </Panel>
      <EnrolDialog open={doing?.what === 'enrol'} onClose={close} />
      {doing && doing.what !== 'enrol' ? <>
        <RenameDialog station={doing.station} open={doing.what === 'rename'} onClose={close} />
        <RevokeDialog station={doing.station} open={doing.what === 'revoke'} onClose={close} />
        <RekeyDialog station={doing.station} open={doing.what === 'rekey'} onClose={close} />
      </> : null}
    </PageFrame>
  )
}

function Key({ row }: { row: StationRow }) {
  const say = useText(directoryTexts)
  const { current, past } = keyFace(row.keys)
  if (!current) return <span className="soft">—</span>
  return (
    <Tooltip title={<><div className="mono">{current.publicKey}</div><div>{say('stations.key.since', { seq: current.fromSeq })}</div>{past > 0 ? <div>{say('stations.key.past', { n: past })}</div> : null}</>}>
      <span className="mono">{current.publicKey.slice(0, 16)}…</span>
    </Tooltip>
  )
}

function More({ row, self, onDo }: { row: StationRow; self: string; onDo: (what: 'rename' | 'revoke' | 'rekey') => void }) {
  const say = useText(directoryTexts)
  const isBelow = row.address !== self && row.address.startsWith(`${self}/`)
  const mayRename = isBelow || row.address === self
  if (!mayRename || row.state === 'revoked') return null
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: [
        { key: 'rename', label: say('rename.do'), onClick: () => onDo('rename') },
        ...(isBelow ? [{ key: 'rekey', label: say('rekey.do'), onClick: () => onDo('rekey') }, { key: 'revoke', danger: true, label: say('revoke.do'), onClick: () => onDo('revoke') }] : []),
      ] }}
    >
      <Button size="small" type="text" icon={<MoreOutlined />} aria-label={say('more', { name: row.name })} />
    </Dropdown>
  )
}

function RotateKey() {
  const say = useText(directoryTexts)
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const rotate = useMutation({
    mutationFn: () => api.post('/api/station/rotate-key'),
    onSuccess: () => {
      void message.success(say('rotate.done'))
      return client.invalidateQueries({ queryKey: ['station'] })
    },
    onError: (error) => { void message.error(error.message) },
  })
  const ask = () => { void modal.confirm({ title: say('rotate.confirm'), content: say('rotate.intro'), onOk: () => rotate.mutateAsync().catch(() => undefined) }) }
  return <Button icon={<SyncOutlined />} loading={rotate.isPending} onClick={ask}>{say('rotate.do')}</Button>
}
