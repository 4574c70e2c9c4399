import { basename } from 'node:path'
import { baseArchive, isTileArchive, keepBaseArchive, removeBaseArchive } from '#core/geo/server/import/tileArchive.ts'
import { baseRoles, type LayerRole } from '#modules/situation/imported.api.ts'
import { listLayers, removeLayer } from '#modules/situation/server/importedLayers.ts'
import { importing, progressLine } from './importing.ts'
import { layerImport, type LayerOptions } from './layer.ts'
import { beijing, OperatorFault, say } from './language.ts'

type Print = (text: string) => void
export const baseLayerId = (role: LayerRole) => `base-${role}`
const roleNames: Record<(typeof layerRoleOrder)[number], [string, string]> = { boundary: ['境界', 'boundaries'], place: ['地名', 'places'], water: ['水系', 'water'], land: ['陆地', 'land'] }
const layerRoleOrder = ['boundary', 'place', 'water', 'land'] as const

/** `fengsui basemap import`: tiles become the base map itself; features become its boundaries, places, water or land. */
export async function basemapImport(data: string, path: string, options: LayerOptions & { as?: string }, print: Print): Promise<void> {
  if (!isTileArchive(path)) {
    const role = baseRoles.find((r) => r === options.as)
    if (!role) throw new OperatorFault(`请用 --as 说明这些要素是底图的什么：${baseRoles.join('、')}（瓦片文件 .pmtiles、.mbtiles 不需要）`, `Say with --as what these features are to the base map: ${baseRoles.join(', ')} (tile files, .pmtiles and .mbtiles, need none)`)
    return layerImport(data, path, { ...options, id: baseLayerId(role) }, print, role)
  }
  await importing(data, async (folder, signal) => {
    const progress = progressLine()
    const card = await keepBaseArchive(path, folder.path, { sourceName: basename(path), now: Date.now(), signal, onProgress: (share) => progress.show(share) }).finally(() => progress.end())
    if (options.json) return print(JSON.stringify(card, null, 2))
    print(say(`✓ ${card.sourceName} 已成为底图：${card.format}，第 ${card.minzoom}–${card.maxzoom} 级，${card.layers.length} 个图层`, `✓ ${card.sourceName} is the base map now: ${card.format}, zooms ${card.minzoom} to ${card.maxzoom}, ${card.layers.length} layers`))
  })
}

export async function basemapStatus(data: string, json: boolean, print: Print): Promise<void> {
  await importing(data, async (folder) => {
    const tiles = await baseArchive(folder.path)
    const layers = (await listLayers(folder.database.read)).filter((layer) => layer.role !== 'overlay')
    if (json) return print(JSON.stringify({ tiles, layers }, null, 2))
    print(tiles
      ? say(`底图瓦片：${tiles.sourceName}（${tiles.format}，第 ${tiles.minzoom}–${tiles.maxzoom} 级，${tiles.size} 字节），${beijing(tiles.importedAt)} 导入`, `Base tiles: ${tiles.sourceName} (${tiles.format}, zooms ${tiles.minzoom} to ${tiles.maxzoom}, ${tiles.size} bytes), imported ${beijing(tiles.importedAt)}`)
      : say('底图瓦片：随程序自带的示意底图', 'Base tiles: the sketch that comes with the program'))
    for (const role of layerRoleOrder) {
      const layer = layers.find((l) => l.role === role)
      print(`${say(...roleNames[role])}：${layer ? say(`${layer.file}，${layer.count} 条，${beijing(layer.importedAt)} 导入`, `${layer.file}, ${layer.count} features, imported ${beijing(layer.importedAt)}`) : say('自带', 'as they come')}`)
    }
  })
}

/** Back to what comes with the program: all of it, or one part. */
export async function basemapRemove(data: string, as: string | undefined, print: Print): Promise<void> {
  const roles = as === undefined ? baseRoles : baseRoles.filter((role) => role === as)
  if (as !== undefined && as !== 'tiles' && roles.length === 0) throw new OperatorFault(`--as 应为 tiles、${baseRoles.join('、')} 之一`, `--as must be one of tiles, ${baseRoles.join(', ')}`)
  await importing(data, async (folder) => {
    let removed = 0
    if ((as === undefined || as === 'tiles') && (await removeBaseArchive(folder.path))) removed++
    for (const role of roles) if (await removeLayer(folder.database, baseLayerId(role), Date.now())) removed++
    print(removed > 0 ? say('✓ 已恢复自带的底图', '✓ Back to the base map that comes with the program') : say('没有导入过底图', 'No base map had been imported'))
  })
}
