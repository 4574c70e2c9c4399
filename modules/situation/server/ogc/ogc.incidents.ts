import type { SpatialTable } from '#core/geo/server/spatial.ts'
import type { Station } from '#core/station/server/module.ts'
import { shownStatuses } from '../../situation.api.ts'
import { geometryQueryable, type FeatureSource, type Queryable } from '../../ogc.source.ts'
import { spatialSource } from './ogc.spatial.ts'

const text = (zh: string, en: string, values?: readonly string[]): Queryable => ({ type: 'text', title: { zh, en }, ...(values ? { values } : {}) })

/** 突发事件 as the map has them: those that GET /api/incidents lists, named as it names them; moments are RFC 3339. */
export function incidentsSource(table: SpatialTable, { database }: Pick<Station, 'database'>): FeatureSource {
  return spatialSource({
    id: 'incidents',
    title: { zh: '突发事件', en: 'Incidents' },
    description: { zh: '本平台的突发事件，与 /api/incidents 一致；未报坐标的在其行政区划驻地（approximate）', en: 'Incidents of this station; the same as /api/incidents. Where no coordinate was reported, they stand at the seat of their division (approximate)' },
    example: `level IN ('I', 'II') AND title LIKE '%地震%'`,
    time: 'occurredAt',
    queryables: {
      geometry: geometryQueryable,
      title: text('标题', 'Title'), code: text('分类代码', 'Code'), level: text('级别', 'Level', ['I', 'II', 'III', 'IV']), status: text('状态', 'Status', shownStatuses), mode: text('模式', 'Mode', ['actual', 'exercise', 'test']),
      lead: text('牵头平台', 'Lead station'), division: text('行政区划代码', 'Division'), divisionName: text('行政区划', 'Name of the division'),
      occurredAt: { type: 'instant', title: { zh: '发生时间', en: 'Occurred at' } }, updatedAt: { type: 'instant', title: { zh: '更新时间', en: 'Updated at' } },
      approximate: { type: 'boolean', title: { zh: '位置为驻地', en: 'Stands at the seat' } },
      id: text('编号', 'Id'),
    },
  }, table, database)
}
