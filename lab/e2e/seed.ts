import type { Federation } from '#lab/federation/federation.ts'
import type { NewReport } from '#modules/report/report.api.ts'
import { county } from './house.ts'

export const quake = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 600_000, learnedAt: Date.now() - 300_000, place: { division: '652927', address: '亚曼苏乡', lon: 78.63, lat: 41.26 },
  figures: { deaths: 3, missing: 1, seriousInjuries: 2, lightInjuries: 5, trapped: 0, evacuated: 120, lossWan: null }, attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈，部分房屋倒塌。', ...change,
})

/** A report written at the county through its API, as far as asked; answers its ids. */
export async function reportAtCounty(tree: Federation, until: 'draft' | 'submitted' | 'sent', change?: Partial<NewReport>): Promise<{ id: string; incidentId: string; title: string }> {
  const body = quake(change)
  const duty = await tree.at(county).as('duty')
  const { id, incidentId } = await duty.post<{ id: string; incidentId: string }>('/api/reports', body)
  if (until !== 'draft') await duty.post(`/api/reports/${id}/submit`)
  if (until === 'sent') await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
  return { id, incidentId, title: body.title }
}
