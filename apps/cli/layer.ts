import { basename } from 'node:path'
import { openSource } from '#core/geo/server/import/openSource.ts'
import type { LayerKind } from '#core/geo/importReport.ts'
import type { LayerRole } from '#modules/situation/imported.api.ts'
import { importLayer, layerById, listLayers, removeLayer, StrictFault } from '#modules/situation/server/importedLayers.ts'
import { hashOf, idFrom, importing, progressLine, reportText } from './importing.ts'
import { beijing, OperatorFault, say, table } from './language.ts'

export interface LayerOptions {
  id?: string
  name?: string
  layer?: string
  crs?: string
  encoding?: string
  strict?: boolean
  json?: boolean
}

type Print = (text: string) => void
const kindNames: Record<LayerKind, [string, string]> = { point: ['点', 'points'], line: ['线', 'lines'], polygon: ['面', 'polygons'], mixed: ['混合', 'mixed'] }

/** `fengsui layer import`: a file becomes a layer of the map; one of the same id is replaced, all or nothing. */
export async function layerImport(data: string, path: string, options: LayerOptions, print: Print, role: LayerRole = 'overlay'): Promise<void> {
  await importing(data, async ({ database }, signal) => {
    const progress = progressLine()
    const source = await openSource(path, { layer: options.layer, encoding: options.encoding, signal })
    try {
      const sha256 = await hashOf(path, signal)
      const id = options.id ?? idFrom(path, sha256)
      const title = (options.name ?? source.layer ?? basename(path).replace(/\.[^.]+$/, '')).slice(0, 100)
      const { layer, replaced } = await importLayer(database, source, {
        id, role, title, sha256, file: basename(path), crs: options.crs, strict: options.strict, signal, now: () => Date.now(),
        onProgress: ({ share, read, perSecond }) => progress.show(share, read, perSecond),
      })
      progress.end()
      if (options.json) return print(JSON.stringify(layer, null, 2))
      print(say(`✓ 图层“${layer.title}”（${layer.id}）已${replaced ? '更新' : '导入'}`, `✓ Layer “${layer.title}” (${layer.id}) ${replaced ? 'replaced' : 'imported'}`))
      print(reportText(layer.report))
    } catch (fault) {
      progress.end()
      if (!(fault instanceof StrictFault)) throw fault
      print(options.json ? JSON.stringify({ report: fault.report }, null, 2) : reportText(fault.report))
      throw new OperatorFault('文件有问题，按 --strict 未导入任何内容', 'The file has faults; with --strict nothing was imported')
    } finally {
      await source.close()
    }
  })
}

export async function layerList(data: string, json: boolean, print: Print): Promise<void> {
  await importing(data, async ({ database }) => {
    const layers = await listLayers(database.read)
    if (json) return print(JSON.stringify(layers, null, 2))
    if (layers.length === 0) return print(say('没有导入的图层', 'No layers have been imported'))
    print(table([
      [say('编号', 'id'), say('名称', 'name'), say('用途', 'role'), say('类型', 'kind'), say('要素', 'features'), say('坐标系', 'coordinates'), say('导入时间', 'imported'), say('文件', 'file')],
      ...layers.map((l) => [l.id, l.title, l.role, say(...kindNames[l.kind]), String(l.count), l.crs, beijing(l.importedAt), l.file]),
    ]))
  })
}

export async function layerReport(data: string, id: string, json: boolean, print: Print): Promise<void> {
  await importing(data, async ({ database }) => {
    const layer = await layerById(database.read, id)
    if (!layer) throw noLayer(id)
    print(json ? JSON.stringify(layer, null, 2) : `${layer.title}（${layer.id}）\n${reportText(layer.report)}`)
  })
}

export async function layerRemove(data: string, id: string, print: Print): Promise<void> {
  await importing(data, async ({ database }) => {
    if (!(await removeLayer(database, id, Date.now()))) throw noLayer(id)
    print(say(`✓ 图层 ${id} 已删除`, `✓ Layer ${id} removed`))
  })
}

function noLayer(id: string) {
  return new OperatorFault(`没有图层 ${id}；fengsui layer list 列出全部`, `There is no layer ${id}; fengsui layer list shows them all`)
}
