import type { Address } from '#core/kernel/index.ts'
import { schematicNote } from '#core/geo/server/baseMap/content.ts'
import { degreesOf, readEchartsMap } from '#core/geo/server/baseMap/echartsMap.ts'
import { memorySource } from '../../ogc.memory.ts'
import { geometryQueryable, type FeatureSource, type OgcFeature } from '../../ogc.source.ts'
import { ownDivision } from './ogc.divisions.ts'

/**
 * The very shapes that the built base map draws, of Xinjiang's prefectures; other stations have none. Schematic, and
 * every one says so; where the office has imported its official borders, there are none of these beside them.
 */
export function areasSource(self: Address, areDrawn: () => Promise<boolean>): FeatureSource {
  let loaded: OgcFeature[] | undefined
  return memorySource({
    id: 'division-areas',
    title: { zh: '地州市范围（示意）', en: 'Areas of prefectures (schematic)' },
    description: { zh: '底图上的地州市范围，界线为示意，不作划界依据；取自 echarts（Apache-2.0）', en: 'Areas of prefectures as on the base map: schematic, no ground for any boundary; from echarts (Apache-2.0)' },
    example: `name LIKE '阿克苏%'`,
    time: null,
    queryables: {
      geometry: geometryQueryable,
      code: { type: 'text', title: { zh: '代码', en: 'Code' } },
      name: { type: 'text', title: { zh: '名称', en: 'Name' } },
      note: { type: 'text', title: { zh: '说明', en: 'Note' }, values: [schematicNote] },
    },
  }, async () => (await areDrawn() ? (loaded ??= read(ownDivision(self))) : []))
}

function read(own: string | undefined): OgcFeature[] {
  if (own?.startsWith('65') !== true) return []
  return readEchartsMap('province/xinjiang')
    // 哈密 was made a city after the map was drawn.
    .map((area) => (area.code === '652200' ? { ...area, code: '650500', name: '哈密市' } : area))
    .filter(({ code }) => code.startsWith(own))
    .map(({ code, name, polygons }): OgcFeature => ({
      type: 'Feature', id: code, geometry: { type: 'MultiPolygon', coordinates: polygons.map((rings) => rings.map((ring) => ring.map(degreesOf))) }, properties: { code, name, note: schematicNote },
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
