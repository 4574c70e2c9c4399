import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkedStations } from '#lab/report/linkedStations.ts'

const region = '65'
const county = '65/6529/652927'
let tree: Awaited<ReturnType<typeof linkedStations>>
let incident = ''
beforeAll(async () => {
  tree = await linkedStations([region, county], { start: Date.UTC(2024, 0, 22, 18, 9) })
  const created = await tree.at(county).ask('duty', 'POST', '/api/reports', {
    kind: 'first', code: '11C02', title: '乌什县地震', occurredAt: 1, learnedAt: 2, place: { division: '652927' }, text: '有感',
    figures: { deaths: 0, missing: 0, seriousInjuries: 0, lightInjuries: 0, trapped: 0, evacuated: 0, lossWan: 0 },
  })
  incident = (created.body as { incidentId: string }).incidentId
})
afterAll(() => tree?.close())

const oddName = fc.constantFrom('__proto__', 'constructor', 'toString', 'deadline/phone/I', 'threshold/ACC/deaths/I', 'code/11C02', 'reach/I', 'measure/x', 'rule/EQ', 'required/first', 'deaths', 'magnitude', '', 'ⅠⅡ', 'a/b/c')
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { depthSize: 'small' },
  fc.constantFrom(null, true, '', 'I', 'V', -1, 0, 1e308, -1e308, 30, '30', '‮', '\u0000', 'ancestors', '65', '01A.x', '../..', "'; drop table incident; --"), fc.string(), fc.double({ noNaN: true }),
  fc.array(fc.record({ measure: fc.constantFrom('deaths', '__proto__', 'a+b+', ''), op: fc.constantFrom('>=', 'in', '=='), value: fc.oneof(fc.integer(), fc.array(fc.string())) }, { requiredKeys: [] })).map((tests) => [tests]),
  fc.dictionary(oddName, fc.oneof(fc.integer(), fc.string(), fc.constant(null))),
  fc.array(fc.string(), { maxLength: 3 }),
)
const posts: [path: string, fields: string[]][] = [
  ['/api/norms', ['note', 'sets', 'effectiveFrom']],
  ['/api/norms/preview', ['note', 'sets', 'effectiveFrom']],
  ['/api/norms/grade', ['code', 'figures', 'attributes', 'sensitive', 'rules']],
  ['/api/incidents/ID/confirm', ['level', 'reason']],
  ['/api/incidents/ID/merge', ['into', 'reason']],
  ['/api/incidents/ID/handover', ['to', 'reason']],
  ['/api/incidents/ID/handover/accept', []],
  ['/api/incidents/ID/handover/decline', ['reason']],
]
const gets: [path: string, fields: string[]][] = [
  ['/api/norms', ['group', 'at']],
  ['/api/norms/codes', ['q', 'size']],
  ['/api/norms/codes/11C02', []],
  ['/api/divisions', ['q', 'under', 'size']],
  ['/api/incidents', ['q', 'division', 'code', 'level', 'status', 'mode', 'lead', 'from', 'until', 'sort', 'page', 'size']],
  ['/api/incidents/ID', []],
]

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Everything is answered: done, or a *no* that names itself and, when a form is at fault, its fields. */
function judge(what: string, { status, body }: { status: number; body: { code?: string; errors?: unknown[] } | null }): void {
  expect([what, status < 500]).toEqual([what, true])
  if (status >= 400) expect([what, typeof body?.code]).toEqual([what, 'string'])
  if (status === 400) expect([what, (body?.errors?.length ?? 0) > 0]).toEqual([what, true])
}

test('fuzz: 1,500 odd bodies and queries, never a fault, every no explained', async () => {
  await fc.assert(fc.asyncProperty(fc.constantFrom(...posts), fc.array(oddValue, { minLength: 5, maxLength: 5 }), oddName, oddValue, fc.nat(9), async ([path, fields], values, name, value, shape) => {
    const filled = Object.fromEntries(fields.map((field, i) => [field, values[i]]))
    // Mostly bodies that are right but for one thing, so that the rules behind the forms are reached.
    const right: Record<string, unknown> = { note: 'n', sets: { [name]: value }, code: '11C02', figures: {}, attributes: { [name]: value }, level: 'II', reason: 'r', into: '01A', to: region }
    const usual = Object.fromEntries(fields.filter((f) => f in right).map((f) => [f, right[f]]))
    const body = shape < 2 ? value : shape < 5 ? filled : { ...usual, ...(shape < 7 && fields[0] ? { [fields[shape % fields.length] ?? '']: value } : {}) }
    judge(`POST ${path} ${JSON.stringify(body)}`, await tree.at(county).ask('leader', 'POST', path.replace('ID', incident), body))
  }), { numRuns: 1000 })
  await fc.assert(fc.asyncProperty(fc.constantFrom(...gets), fc.array(oddValue, { minLength: 12, maxLength: 12 }), fc.nat(3), async ([path, fields], values, stride) => {
    const query = fields.filter((_, i) => i % (stride + 1) === 0).map((f, i) => `${f}=${encodeURIComponent(asText(values[i]).toWellFormed())}`).join('&')
    judge(`GET ${path}?${query}`, await tree.at(county).ask('leader', 'GET', `${path.replace('ID', incident)}?${query}`))
  }), { numRuns: 500 })
})
