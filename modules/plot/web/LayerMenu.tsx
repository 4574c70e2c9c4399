import { MoreOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown } from 'antd'
import { useRef } from 'react'
import { readProblem } from '#core/ui/problem.ts'
import { ApiFault } from '#core/ui/web/api.ts'
import { holdsAny, useSession } from '#core/ui/web/session.ts'
import { currentLanguage, useText } from '#core/ui/web/texts.ts'
import { plotAccess } from '../plot.access.ts'
import type { ImportAnswer, LayerAnswer } from '../plot.api.ts'
import { usePlot } from './deskContext.ts'
import type { LayerAct } from './LayerDialogs.tsx'
import { plotTexts } from './plotTexts.ts'

/** What this person may do with a layer. */
export function LayerMenu({ layer, onAct }: { layer: LayerAnswer; onAct: (act: LayerAct) => void }) {
  const say = useText(plotTexts)
  const { plot } = usePlot()
  const { person } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const picker = useRef<HTMLInputElement>(null)
  const may = (verb: string) => holdsAny(person, plotAccess[verb])
  const mine = layer.own && !layer.sealed
  const item = (kind: LayerAct['kind'], label: string, danger = false) => ({ key: kind, label, danger, onClick: () => { onAct({ kind, layer } as LayerAct) } })
  const items = [
    ...(mine && may('plot.draw') ? [item('rename', say('layer.rename'))] : []),
    ...(mine && may('plot.grant') ? [item('grant', say('layer.grant'))] : []),
    ...(layer.mayWrite && may('plot.draw') ? [{ key: 'import', label: say('import.do'), onClick: () => picker.current?.click() }] : []),
    ...(['geojson', 'kml', 'gpkg'] as const).map((format) => ({ key: format, label: <a href={`/api/plots/${encodeURIComponent(plot.plotId)}/export?format=${format}&layers=${encodeURIComponent(layer.id)}`} download>{say('export.do')} {say(`export.${format}`)}</a> })),
    ...(layer.sealed ? [item('verify', say('layer.verify'))] : []),
    ...(mine && may('plot.seal') ? [item('seal', say('layer.seal'), true)] : []),
  ]
  const read = async (file: File) => {
    const stop = message.loading(say('import.busy'), 0)
    try {
      const answer = await importFile(layer.id, file)
      void message.success(say('import.done', { n: answer.imported, bad: answer.droppedFeatures }))
      await client.invalidateQueries({ queryKey: ['plot'] })
    } catch (error) {
      void message.error(error instanceof Error ? error.message : '')
    } finally {
      stop()
    }
  }
  return (
    <>
      <input ref={picker} type="file" hidden accept=".geojson,.json,.kml,.gpkg" aria-label={say('import.do')} onChange={(event) => { const [file] = [...event.target.files ?? []]; event.target.value = ''; if (file) void read(file) }} />
      <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight"><Button type="text" size="small" icon={<MoreOutlined />} aria-label={say('layer.more', { name: layer.name })} /></Dropdown>
    </>
  )
}

/** The body is the file; the API client of screens sends only JSON. */
async function importFile(layer: string, file: File): Promise<ImportAnswer> {
  const response = await fetch(`/api/layers/${encodeURIComponent(layer)}/import`, { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/octet-stream', 'accept-language': currentLanguage() }, body: file })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new ApiFault(readProblem(response.status, body))
  return body as ImportAnswer
}
