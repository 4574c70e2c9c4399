import type { NewReport } from '#modules/report/report.api.ts'

const minute = 60_000

/** A first report that passes every check. */
export const quake = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 2 * minute, learnedAt: Date.now() - minute,
  place: { division: '652927', lon: 78.63, lat: 41.26 },
  figures: { deaths: 3, missing: 0, seriousInjuries: 0, lightInjuries: 5, trapped: 0, evacuated: null, lossWan: null },
  attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈。', ...change,
})
