import { describe, expect, test } from 'vitest'
import type { Grade } from './grade.ts'
import { shippedNorms } from './norms.effective.ts'
import { gradeIncident, measuresFor, type Observation } from './norms.grading.ts'
import { measureNames, type Attributes, type Figures } from './norms.values.ts'

const norms = shippedNorms('65/6529/652927')
const zero: Figures = { deaths: 0, missing: 0, seriousInjuries: 0, lightInjuries: 0, trapped: 0, evacuated: 0, lossWan: 0 }

/** Splits `{ deaths: 3, magnitude: 7 }` into figures and attributes; all other figures are known to be zero. */
function observe(code: string, measures: Attributes, rules?: string[]): Observation {
  const isFigure = (name: string) => (measureNames as readonly string[]).includes(name)
  const pick = (keep: boolean) => Object.fromEntries(Object.entries(measures).filter(([name]) => isFigure(name) === keep))
  return { code, figures: { ...zero, ...pick(true) }, attributes: pick(false), ...(rules ? { rules } : {}) }
}
const grade = (code: string, measures: Attributes, rules?: string[]) => gradeIncident(norms, observe(code, measures, rules)).grade

type Step = [value: number, grade: Grade | null]
interface Row { rule: string; code: string; measure: string; steps: Step[]; with?: Attributes; rules?: string[] }

/** The published rows, tried at each bound and just below it: 以上 includes the number, 以下 excludes it. */
const rows: Row[] = [
  { rule: 'ACC', code: '12A01', measure: 'deaths', steps: [[0, null], [1, 'IV'], [2, 'IV'], [3, 'III'], [9, 'III'], [10, 'II'], [29, 'II'], [30, 'I']] },
  { rule: 'ACC', code: '12H02', measure: 'seriousInjuries', steps: [[0, null], [1, 'IV'], [9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II'], [99, 'II'], [100, 'I']] },
  { rule: 'ACC', code: '12D02', measure: 'poisoned', steps: [[9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II'], [99, 'II'], [100, 'I']] },
  { rule: 'ACC', code: '12C00', measure: 'lossWan', steps: [[0, null], [0.01, 'IV'], [999.99, 'IV'], [1000, 'III'], [4999.99, 'III'], [5000, 'II'], [9999.99, 'II'], [10_000, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'deaths', steps: [[0, null], [1, 'IV'], [9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II'], [299, 'II'], [300, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'missing', with: { deaths: 9 }, steps: [[0, 'IV'], [1, 'III'], [40, 'III'], [41, 'II'], [290, 'II'], [291, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'lossGdpPercent', steps: [[1, null], [1.01, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'magnitude', steps: [[3.9, null], [4, 'IV'], [4.9, 'IV'], [5, 'III'], [5.9, 'III'], [6, 'II'], [6.9, 'II'], [7, 'I'], [7.1, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'magnitude', with: { populationDensity: 'dense' }, steps: [[3.9, null], [4, 'III'], [4.9, 'III'], [5, 'II'], [5.9, 'II'], [6, 'I']] },
  { rule: 'EQ', code: '11C02', measure: 'magnitude', with: { populationDensity: 'sparse' }, steps: [[7.3, null]] },
  { rule: 'EQ-2006', code: '11C02', rules: ['EQ-2006'], measure: 'deaths', steps: [[19, 'IV'], [20, 'III'], [49, 'III'], [50, 'II'], [299, 'II'], [300, 'I']] },
  { rule: 'EQ-2006', code: '11C02', rules: ['EQ-2006'], measure: 'magnitude', steps: [[4.9, null], [5, 'IV'], [5.9, 'IV'], [6, 'III'], [6.4, 'III'], [6.5, 'II'], [6.9, 'II'], [7, 'I']] },
  { rule: 'FF', code: '11G01', measure: 'burnedHa', steps: [[0, null], [0.5, 'IV'], [1, 'III'], [99, 'III'], [100, 'II'], [999, 'II'], [1000, 'I']] },
  { rule: 'FF', code: '11G02', measure: 'deaths', steps: [[1, 'IV'], [2, 'IV'], [3, 'III'], [9, 'III'], [10, 'II'], [29, 'II'], [30, 'I']] },
  { rule: 'FF', code: '11G04', measure: 'seriousInjuries', steps: [[1, 'IV'], [9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II'], [99, 'II'], [100, 'I']] },
  { rule: 'GF', code: '11G05', measure: 'burnedHa', steps: [[9.9, null], [10, 'IV'], [999, 'IV'], [1000, 'III'], [4999, 'III'], [5000, 'II'], [7999, 'II'], [8000, 'I']] },
  { rule: 'GF', code: '11G05', measure: 'deaths', steps: [[1, 'III'], [2, 'III'], [3, 'II'], [9, 'II'], [10, 'I']] },
  { rule: 'GF', code: '11G06', measure: 'seriousInjuries', steps: [[0, null], [1, 'IV'], [2, 'IV'], [3, 'III'], [9, 'III'], [10, 'II'], [19, 'II'], [20, 'I']] },
  { rule: 'GF', code: '11G08', measure: 'seriousInjuries', with: { deaths: 2 }, steps: [[7, 'III'], [8, 'II'], [17, 'II'], [18, 'I']] },
  { rule: 'GF', code: '11G05', measure: 'lossWan', steps: [[0.49, null], [0.5, 'IV'], [49.9, 'IV'], [50, 'III'], [299, 'III'], [300, 'II'], [499, 'II'], [500, 'I']] },
  { rule: 'GEO', code: '11D01', measure: 'deaths', steps: [[0, null], [1, 'IV'], [2, 'IV'], [3, 'III'], [9, 'III'], [10, 'II'], [29, 'II'], [30, 'I']] },
  { rule: 'GEO', code: '11D02', measure: 'lossWan', steps: [[0, null], [99, 'IV'], [100, 'III'], [499, 'III'], [500, 'II'], [999, 'II'], [1000, 'I']] },
  { rule: 'ENV', code: '12Q01', measure: 'deaths', steps: [[0, null], [2, 'IV'], [3, 'III'], [9, 'III'], [10, 'II'], [29, 'II'], [30, 'I']] },
  { rule: 'ENV', code: '12Q01', measure: 'poisoned', steps: [[0, null], [9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II'], [99, 'II'], [100, 'I']] },
  { rule: 'ENV', code: '12Q02', measure: 'evacuated', steps: [[0, null], [4999, 'IV'], [5000, 'III'], [9999, 'III'], [10_000, 'II'], [49_999, 'II'], [50_000, 'I']] },
  { rule: 'ENV', code: '12Q03', measure: 'lossWan', steps: [[499, 'IV'], [500, 'III'], [1999, 'III'], [2000, 'II'], [9999, 'II'], [10_000, 'I']] },
  { rule: 'RAIL', code: '12K01', measure: 'passengerCarsDerailed', steps: [[1, null], [2, 'III'], [17, 'III'], [18, 'II']] },
  { rule: 'RAIL', code: '12K01', measure: 'busyLineCutHours', with: { passengerCarsDerailed: 18 }, steps: [[47.9, 'II'], [48, 'I']] },
  { rule: 'RAIL', code: '12K01', measure: 'busyLineCutHours', with: { passengerCarsDerailed: 2 }, steps: [[23.9, 'III'], [24, 'II'], [100, 'II']] },
  { rule: 'RAIL', code: '12K01', measure: 'otherLineCutHours', with: { passengerCarsDerailed: 17 }, steps: [[47.9, 'III'], [48, 'II']] },
  { rule: 'RAIL', code: '12K02', measure: 'freightCarsDerailed', steps: [[5, null], [6, 'III'], [59, 'III'], [60, 'II']] },
  { rule: 'RAIL', code: '12K02', measure: 'busyLineCutHours', with: { freightCarsDerailed: 60 }, steps: [[47.9, 'II'], [48, 'I']] },
  { rule: 'RAIL', code: '12K02', measure: 'otherLineCutHours', with: { freightCarsDerailed: 6 }, steps: [[47.9, 'III'], [48, 'II']] },
  { rule: 'RAIL', code: '12K03', measure: 'busyLineCutHours', steps: [[5.9, null], [6, 'III'], [48, 'III']] },
  { rule: 'RAIL', code: '12K03', measure: 'otherLineCutHours', steps: [[9.9, null], [10, 'III']] },
  { rule: 'SE', code: '12N02', measure: 'evacuated', steps: [[499, null], [500, 'IV'], [9999, 'IV'], [10_000, 'III'], [49_999, 'III'], [50_000, 'II'], [149_999, 'II'], [150_000, 'I']] },
  { rule: 'SE', code: '12N06', measure: 'strandedHours', with: { strandedPersons: 100 }, steps: [[3.4, null], [3.5, 'IV'], [11.9, 'IV'], [12, 'III'], [23.9, 'III'], [24, 'II'], [47.9, 'II'], [48, 'I']] },
  { rule: 'SE', code: '12N07', measure: 'strandedHours', with: { strandedPersons: 99 }, steps: [[12, 'III'], [48, 'III']] },
  { rule: 'SE', code: '12N04', measure: 'liftStrandedHours', steps: [[1.9, null], [2, 'IV']] },
  { rule: 'FLOOD', code: '11A01', measure: 'returnPeriodYears', steps: [[4.9, null], [5, 'IV'], [9.9, 'IV'], [10, 'III'], [19.9, 'III'], [20, 'II'], [50, 'II'], [50.1, 'I']] },
  { rule: 'FLOOD', code: '11A03', measure: 'trunkLineCutHours', steps: [[23.9, null], [24, 'II'], [47.9, 'II'], [48, 'I']] },
  { rule: 'DROUGHT', code: '11A51', measure: 'droughtCropPercent', steps: [[0, null], [30, 'IV'], [31, 'III'], [50, 'III'], [51, 'II'], [80, 'II'], [81, 'I']] },
  { rule: 'DROUGHT', code: '11B22', measure: 'droughtDrinkingPercent', steps: [[0, null], [20, 'IV'], [21, 'III'], [40, 'III'], [41, 'II'], [60, 'II'], [61, 'I']] },
  { rule: 'PH-FOOD', code: '13B03', measure: 'cases', steps: [[29, null], [30, 'IV'], [99, 'IV'], [100, 'IV'], [101, 'III']] },
  { rule: 'PH-FOOD', code: '13B03', measure: 'cases', with: { deaths: 1 }, steps: [[5, 'III'], [100, 'III'], [101, 'II']] },
  { rule: 'PH-FOOD', code: '13B03', measure: 'deaths', with: { cases: 20 }, steps: [[0, null], [1, 'III'], [9, 'III'], [10, 'II']] },
  { rule: 'PH-WORK', code: '13C01', measure: 'cases', steps: [[0, null], [1, 'IV'], [9, 'IV'], [10, 'III'], [49, 'III'], [50, 'II']] },
  { rule: 'PH-WORK', code: '13C01', measure: 'deaths', with: { cases: 5 }, steps: [[1, 'III'], [4, 'III'], [5, 'II']] },
  { rule: 'PH-CHOLERA', code: '13A02', measure: 'cases', steps: [[0, null], [1, 'IV'], [9, 'IV'], [10, 'III'], [29, 'III'], [30, 'II']] },
  { rule: 'PH-CHOLERA', code: '13A02', measure: 'countiesAffected', with: { cases: 3 }, steps: [[1, 'IV'], [2, 'II']] },
  { rule: 'PH-PLAGUE', code: '13A01', measure: 'cases', steps: [[0, null], [1, 'III'], [4, 'III'], [5, 'II']] },
  { rule: 'PH-PLAGUE', code: '13A03', measure: 'countiesAffected', with: { cases: 2 }, steps: [[1, 'III'], [2, 'II']] },
  { rule: 'PH-PLAGUE', code: '13A01', measure: 'cases', with: { plagueForm: 'bubonic' }, steps: [[1, 'IV'], [20, 'IV']] },
]

/** Rows whose columns are choices. */
const chosen: [rule: string, code: string, measure: string, [string | boolean, Grade | null][]][] = [
  ['ENV', '12Q05', 'waterSourceCut', [['none', null], ['township', 'III'], ['county', 'II'], ['prefecture', 'I']]],
  ['ENV', '12Q01', 'borderEffect', [['none', null], ['crossCounty', 'IV'], ['crossPrefecture', 'III'], ['crossProvince', 'II'], ['transnational', 'I']]],
  ['FLOOD', '11A03', 'damDanger', [['none', null], ['dangerDownstream', 'II'], ['largeOrMediumFails', 'II'], ['keyLargeFails', 'I']]],
  ['FLOOD', '11A01', 'basinFlood', [['none', null], ['bigInOne', 'II'], ['bigInMany', 'I'], ['extraordinaryInOne', 'I']]],
  ['PH-FOOD', '13B03', 'nationallyDesignated', [[false, null], [true, 'I']]],
  ['PH-PLAGUE', '13A01', 'spreadInBigCity', [[false, 'III'], [true, 'I']]],
]

describe('every published row at its bounds', () => {
  for (const { rule, code, measure, steps, with: given = {}, rules } of rows) {
    const label = Object.entries(given).map(([k, v]) => `${k}=${v}`).join(',')
    test(`${rule} ${code} ${measure} ${label}`, () => {
      for (const [value, expected] of steps) expect([value, grade(code, { ...given, [measure]: value }, rules)]).toEqual([value, expected])
    })
  }
  for (const [rule, code, measure, steps] of chosen) {
    test(`${rule} ${code} ${measure}`, () => {
      const cases = measure === 'spreadInBigCity' ? 1 : 0
      for (const [value, expected] of steps) expect([value, grade(code, { [measure]: value, cases })]).toEqual([value, expected])
    })
  }

  test('every threshold shipped is tried by a row above', () => {
    const tried = new Set([...rows.map((r) => r.measure), ...rows.flatMap((r) => Object.keys(r.with ?? {})), ...chosen.map(([, , m]) => m)])
    const read = norms.keys('threshold').flatMap((key) => norms.get('threshold', key)?.flat().flatMap((t) => t.measure.split('+')) ?? [])
    expect([...new Set(read)].filter((name) => !tried.has(name))).toEqual([])
    const triedRules = new Set([...rows.map((r) => r.rule), ...chosen.map(([r]) => r)])
    expect(norms.keys('rule').map((k) => k.slice(5)).filter((id) => !triedRules.has(id))).toEqual([])
  })

  test('every measure a threshold reads is described', () => {
    const read = norms.keys('threshold').flatMap((key) => norms.get('threshold', key)?.flat().flatMap((t) => t.measure.split('+')) ?? [])
    expect(read.filter((name) => !norms.get('measure', `measure/${name}`))).toEqual([])
  })
})

describe('known and unknown', () => {
  test('an unknown figure never satisfies, and is named with what it could make of it', () => {
    const got = gradeIncident(norms, { code: '12A01', figures: { ...zero, deaths: null, seriousInjuries: 12 } })
    expect(got).toMatchObject({ grade: 'III', unknown: ['deaths'], couldBe: 'I' })
  })

  test('what is known of a sum is a floor: it may satisfy, it cannot settle', () => {
    const floor = gradeIncident(norms, { code: '11C02', figures: { ...zero, deaths: 60, missing: null } })
    expect(floor).toMatchObject({ grade: 'II', unknown: expect.arrayContaining(['missing']), couldBe: 'I' })
    expect(gradeIncident(norms, { code: '11C02', figures: { ...zero, deaths: 300, missing: null }, attributes: { magnitude: 5, lossGdpPercent: 0 } })).toMatchObject({ grade: 'I', unknown: [], couldBe: null })
  })

  test('nothing known: no grade, everything named', () => {
    const got = gradeIncident(norms, { code: '12A01', figures: { deaths: null, seriousInjuries: null, lossWan: null } })
    expect(got).toMatchObject({ grade: null, clauses: [], couldBe: 'I' })
    expect(got.unknown).toEqual(expect.arrayContaining(['deaths', 'lossWan', 'seriousInjuries']))
  })

  test('a presumption is shown; saying otherwise replaces it', () => {
    expect(gradeIncident(norms, observe('11C02', { magnitude: 7.1 }))).toMatchObject({ grade: 'I', presumed: ['populationDensity'] })
    expect(gradeIncident(norms, observe('11C02', { magnitude: 7.3, populationDensity: 'sparse' }))).toMatchObject({ grade: null, presumed: [] })
  })
})

describe('the whole of it', () => {
  test('the highest of any satisfied clause, with the clauses that give it', () => {
    const got = gradeIncident(norms, observe('11C02', { deaths: 3, missing: 0, magnitude: 7.1 }))
    expect(got.grade).toBe('I')
    expect(got.clauses.map((c) => `${c.rule}/${c.clause}`)).toEqual(['EQ/magnitude'])
  })

  test('sensitivity raises the reporting grade by one, never beyond I', () => {
    expect(gradeIncident(norms, { ...observe('12A01', { deaths: 3 }), sensitive: true })).toMatchObject({ grade: 'III', reportingGrade: 'II' })
    expect(gradeIncident(norms, { ...observe('12A01', { deaths: 30 }), sensitive: true })).toMatchObject({ grade: 'I', reportingGrade: 'I' })
  })

  test('a rule applies by the beginning of the code; social security is not graded', () => {
    expect(measuresFor(norms, '11C02')).toEqual(['deaths', 'lossGdpPercent', 'magnitude', 'missing', 'populationDensity'])
    expect(measuresFor(norms, '12K01')).toContain('passengerCarsDerailed')
    expect(measuresFor(norms, '12K01')).toContain('lossWan')
    expect(grade('14A00', { deaths: 300 })).toBeNull()
  })
})
