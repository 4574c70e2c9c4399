import { grades, type Grade } from './grade.ts'
import { measureNorms } from './measures.data.ts'
import type { Condition, DefaultNorm, Mark, Test } from './norms.values.ts'

/**
 * 分级标准 as data. A row reads: rule, clause, unit, then the four columns of the published table. A column is a
 * lower bound (each grade reaches up to the next graver one), so "以上" is `>=` and "以下" is what the graver column
 * takes away. `null`: the table has no such grade.
 */
interface Row {
  clause: string
  zh: string
  en: string
  unit: string
  columns: Record<Grade, Condition | null>
  mark?: Mark
  /** Grades whose number is not from the rule's source. */
  marks?: Partial<Record<Grade, Mark>>
}

interface Rule {
  id: string
  zh: string
  en: string
  applies: string[]
  source: string
  rows: Row[]
}

const test = (measure: string, op: '>=' | '>', value: number): Test => ({ measure, op, value })
const least = (measure: string, value: number): Condition => [[test(measure, '>=', value)]]
const over = (measure: string, value: number): Condition => [[test(measure, '>', value)]]
const oneOf = (measure: string, ...value: string[]): Condition => [[{ measure, op: 'in', value }]]
const columns = (I: Condition | null, II: Condition | null, III: Condition | null, IV: Condition | null): Row['columns'] => ({ I, II, III, IV })

/** Four lower bounds of one measure; `'>0'` is "below the graver column, but any". */
const bounds = (measure: string, ...values: (number | '>0' | null)[]): Row['columns'] => {
  const [I, II, III, IV] = values.map((v) => (v === null || v === undefined ? null : v === '>0' ? over(measure, 0) : least(measure, v)))
  return columns(I ?? null, II ?? null, III ?? null, IV ?? null)
}

const injured = 'seriousInjuries+poisoned'
const both = (...tests: Test[]): Condition => [tests]

const rules: Rule[] = [
  {
    id: 'ACC', zh: '生产安全事故', en: 'Work safety accident', applies: ['12'], source: '国务院令第493号 第三条',
    rows: [
      { clause: 'deaths', zh: '死亡', en: 'Deaths', unit: '人', columns: bounds('deaths', 30, 10, 3, 1) },
      { clause: 'injured', zh: '重伤（含急性工业中毒）', en: 'Seriously injured, acute poisoning included', unit: '人', columns: bounds(injured, 100, 50, 10, '>0') },
      { clause: 'loss', zh: '直接经济损失', en: 'Direct economic loss', unit: '万元', columns: bounds('lossWan', 10_000, 5000, 1000, '>0') },
    ],
  },
  {
    id: 'EQ', zh: '地震灾害', en: 'Earthquake', applies: ['11C'], source: '国家地震应急预案（2012）',
    rows: [
      { clause: 'deaths', zh: '死亡（含失踪）', en: 'Deaths, missing included', unit: '人', columns: bounds('deaths+missing', 300, 50, 10, '>0') },
      { clause: 'loss', zh: '直接经济损失占全省上年生产总值', en: 'Direct loss as a share of last year\'s provincial GDP', unit: '%', columns: columns(over('lossGdpPercent', 1), null, null, null) },
      { clause: 'magnitude', zh: '初判：人口较密集地区震级', en: 'Initial guess: magnitude in a rather densely populated area', unit: 'M', columns: magnitude('ratherDense', 7, 6, 5, 4) },
      { clause: 'magnitude-dense', zh: '初判：人口密集地区震级', en: 'Initial guess: magnitude in a densely populated area', unit: 'M', columns: magnitude('dense', 6, 5, 4, null) },
    ],
  },
  {
    id: 'EQ-2006', zh: '地震灾害（2006 年预案，仅供回放）', en: 'Earthquake (plan of 2006, for replay only)', applies: [], source: '国家地震应急预案（2006）',
    rows: [
      { clause: 'deaths', zh: '死亡（含失踪）', en: 'Deaths, missing included', unit: '人', columns: bounds('deaths+missing', 300, 50, 20, '>0') },
      { clause: 'magnitude', zh: '震级', en: 'Magnitude', unit: 'M', columns: bounds('magnitude', 7, 6.5, 6, 5) },
    ],
  },
  {
    id: 'FF', zh: '森林火灾', en: 'Forest fire', applies: ['11G00', '11G01', '11G02', '11G03', '11G04'], source: '森林防火条例 第四十条',
    rows: [
      { clause: 'burned', zh: '受害森林面积', en: 'Burned area', unit: '公顷', columns: bounds('burnedHa', 1000, 100, 1, '>0') },
      { clause: 'deaths', zh: '死亡', en: 'Deaths', unit: '人', columns: bounds('deaths', 30, 10, 3, 1) },
      { clause: 'injured', zh: '重伤', en: 'Seriously injured', unit: '人', columns: bounds('seriousInjuries', 100, 50, 10, 1) },
    ],
  },
  {
    id: 'GF', zh: '草原火灾', en: 'Grassland fire', applies: ['11G05', '11G06', '11G07', '11G08'], source: '农牧发〔2010〕7号',
    rows: [
      { clause: 'burned', zh: '受害草原面积', en: 'Burned area', unit: '公顷', columns: bounds('burnedHa', 8000, 5000, 1000, 10) },
      { clause: 'deaths', zh: '死亡', en: 'Deaths', unit: '人', columns: bounds('deaths', 10, 3, 1, null) },
      { clause: 'casualties', zh: '死亡和重伤合计', en: 'Deaths and seriously injured together', unit: '人', columns: bounds('deaths+seriousInjuries', 20, 10, null, null) },
      { clause: 'injured', zh: '重伤', en: 'Seriously injured', unit: '人', columns: bounds('seriousInjuries', null, null, 3, 1) },
      { clause: 'loss', zh: '直接经济损失', en: 'Direct economic loss', unit: '万元', columns: bounds('lossWan', 500, 300, 50, 0.5) },
    ],
  },
  {
    id: 'GEO', zh: '地质灾害', en: 'Geological disaster', applies: ['11D'], source: '地质灾害防治条例 第四条',
    rows: [
      { clause: 'deaths', zh: '死亡', en: 'Deaths', unit: '人', columns: bounds('deaths', 30, 10, 3, '>0') },
      { clause: 'loss', zh: '直接经济损失', en: 'Direct economic loss', unit: '万元', columns: bounds('lossWan', 1000, 500, 100, '>0') },
    ],
  },
  {
    id: 'ENV', zh: '突发环境事件', en: 'Environmental incident', applies: ['12Q'], source: '国家突发环境事件应急预案 附件1',
    rows: [
      { clause: 'deaths', zh: '死亡', en: 'Deaths', unit: '人', columns: bounds('deaths', 30, 10, 3, '>0') },
      { clause: 'injured', zh: '中毒或重伤', en: 'Poisoned or seriously injured', unit: '人', columns: bounds(injured, 100, 50, 10, '>0') },
      { clause: 'evacuated', zh: '疏散、转移', en: 'Evacuated', unit: '人', columns: bounds('evacuated', 50_000, 10_000, 5000, '>0') },
      { clause: 'loss', zh: '直接经济损失', en: 'Direct economic loss', unit: '万元', columns: bounds('lossWan', 10_000, 2000, 500, '>0') },
      {
        clause: 'water', zh: '集中式饮用水水源取水中断', en: 'Drinking-water source cut', unit: '', marks: { III: 'K' },
        columns: columns(oneOf('waterSourceCut', 'prefecture'), oneOf('waterSourceCut', 'county'), oneOf('waterSourceCut', 'township'), null),
      },
      {
        clause: 'border', zh: '跨界影响', en: 'Effect across borders', unit: '', marks: { III: 'K', IV: 'K' },
        columns: columns(oneOf('borderEffect', 'transnational'), oneOf('borderEffect', 'crossProvince'), oneOf('borderEffect', 'crossPrefecture'), oneOf('borderEffect', 'crossCounty')),
      },
    ],
  },
  {
    id: 'RAIL', zh: '铁路交通事故', en: 'Railway accident', applies: ['12K'], source: '铁路交通事故应急救援和调查处理条例 第九至十二条',
    rows: [
      {
        clause: 'passenger', zh: '客运列车脱轨（辆）及中断行车（小时）', en: 'Passenger cars derailed, with hours of line cut', unit: '辆',
        columns: derailed('passengerCarsDerailed', 18, 2),
      },
      {
        clause: 'freight', zh: '货运列车脱轨（辆）及中断行车（小时）', en: 'Freight cars derailed, with hours of line cut', unit: '辆',
        columns: derailed('freightCarsDerailed', 60, 6),
      },
      {
        clause: 'cut', zh: '中断行车：繁忙干线、其他线路', en: 'Line cut: busy trunk, other lines', unit: '小时',
        columns: columns(null, null, [[test('busyLineCutHours', '>=', 6)], [test('otherLineCutHours', '>=', 10)]], null),
      },
    ],
  },
  {
    id: 'SE', zh: '特种设备事故', en: 'Special equipment accident', applies: ['12N'], source: '特种设备安全监察条例 第六十一至六十四条',
    rows: [
      { clause: 'evacuated', zh: '有毒介质泄漏转移', en: 'Evacuated because of a toxic leak', unit: '人', columns: bounds('evacuated', 150_000, 50_000, 10_000, 500) },
      {
        clause: 'stranded', zh: '客运索道、大型游乐设施高空滞留', en: 'Stranded on a ropeway or ride', unit: '小时',
        columns: columns(
          both(test('strandedPersons', '>=', 100), test('strandedHours', '>=', 48)),
          both(test('strandedPersons', '>=', 100), test('strandedHours', '>=', 24)),
          least('strandedHours', 12),
          least('strandedHours', 3.5),
        ),
      },
      { clause: 'lift', zh: '电梯轿厢滞留', en: 'Stranded in a lift', unit: '小时', columns: bounds('liftStrandedHours', null, null, null, 2) },
    ],
  },
  {
    id: 'FLOOD', zh: '洪水', en: 'Flood', applies: ['11A00', '11A01', '11A02', '11A03', '11A04', '11A05', '11A06', '11A10', '11A99'], source: '洪水量级划分标准；特别重大、重大突发事件分级标准（试行）',
    rows: [
      { clause: 'return', zh: '洪峰或洪量重现期', en: 'Return period of peak or volume', unit: '年', columns: columns(over('returnPeriodYears', 50), least('returnPeriodYears', 20), least('returnPeriodYears', 10), least('returnPeriodYears', 5)) },
      { clause: 'trunk', zh: '铁路干线、高速公路中断不能恢复', en: 'Trunk railway or expressway cut and not reopened', unit: '小时', columns: bounds('trunkLineCutHours', 48, 24, null, null) },
      { clause: 'dam', zh: '水库垮坝或险情', en: 'Dam failure or danger', unit: '', columns: columns(oneOf('damDanger', 'keyLargeFails'), oneOf('damDanger', 'largeOrMediumFails', 'dangerDownstream'), null, null) },
      { clause: 'basin', zh: '流域洪水', en: 'Basin flood', unit: '', columns: columns(oneOf('basinFlood', 'extraordinaryInOne', 'bigInMany'), oneOf('basinFlood', 'bigInOne'), null, null) },
    ],
  },
  {
    id: 'DROUGHT', zh: '干旱', en: 'Drought', applies: ['11A51', '11A52', '11A53', '11A54', '11B22'], source: '干旱灾害等级标准',
    rows: [
      { clause: 'crops', zh: '农作物受旱面积比例', en: 'Share of crops affected', unit: '%', columns: columns(over('droughtCropPercent', 80), over('droughtCropPercent', 50), over('droughtCropPercent', 30), over('droughtCropPercent', 0)) },
      { clause: 'drinking', zh: '农村饮水困难人口比例', en: 'Share of rural people short of drinking water', unit: '%', columns: columns(over('droughtDrinkingPercent', 60), over('droughtDrinkingPercent', 40), over('droughtDrinkingPercent', 20), over('droughtDrinkingPercent', 0)) },
    ],
  },
  {
    id: 'PH-FOOD', zh: '食物中毒', en: 'Food poisoning', applies: ['13B03', '13B04'], source: '突发公共卫生事件分级标准（市级预案所载）',
    rows: [
      {
        clause: 'cases', zh: '中毒人数与死亡', en: 'Cases and deaths', unit: '人', marks: { IV: 'K' },
        columns: columns(
          [[{ measure: 'nationallyDesignated', op: 'in', value: ['true'] }]],
          [[test('cases', '>', 100), test('deaths', '>=', 1)], [test('deaths', '>=', 10)]],
          [[test('cases', '>', 100)], [test('deaths', '>=', 1)]],
          least('cases', 30),
        ),
      },
    ],
  },
  {
    id: 'PH-WORK', zh: '急性职业中毒', en: 'Occupational poisoning', applies: ['13C01'], source: '突发公共卫生事件分级标准（市级预案所载）',
    rows: [
      {
        clause: 'cases', zh: '中毒人数与死亡', en: 'Cases and deaths', unit: '人', marks: { IV: 'K' },
        columns: columns(null, [[test('cases', '>=', 50)], [test('deaths', '>=', 5)]], [[test('cases', '>=', 10)], [test('deaths', '>=', 1)]], over('cases', 0)),
      },
    ],
  },
  {
    id: 'PH-CHOLERA', zh: '霍乱（一县一周内）', en: 'Cholera (one county, one week)', applies: ['13A02'], source: '突发公共卫生事件分级标准（市级预案所载）',
    rows: [
      {
        clause: 'cases', zh: '病例与波及县数', en: 'Cases and counties affected', unit: '例', marks: { II: 'K', IV: 'K' },
        columns: columns(null, [[test('cases', '>=', 30)], [test('countiesAffected', '>=', 2)]], least('cases', 10), over('cases', 0)),
      },
    ],
  },
  {
    id: 'PH-PLAGUE', zh: '鼠疫、肺炭疽', en: 'Plague and pulmonary anthrax', applies: ['13A01', '13A03'], source: '突发公共卫生事件分级标准（市级预案所载）',
    rows: [
      {
        clause: 'cases', zh: '一个潜伏期内病例与波及范围', en: 'Cases in one incubation period, and spread', unit: '例', marks: { I: 'K', II: 'K' },
        columns: columns(
          [[{ measure: 'plagueForm', op: 'in', value: ['pneumonic'] }, { measure: 'spreadInBigCity', op: 'in', value: ['true'] }]],
          [
            [{ measure: 'plagueForm', op: 'in', value: ['pneumonic'] }, test('cases', '>=', 5)],
            [{ measure: 'plagueForm', op: 'in', value: ['pneumonic'] }, test('countiesAffected', '>=', 2)],
          ],
          [[{ measure: 'plagueForm', op: 'in', value: ['pneumonic'] }, test('cases', '>', 0)]],
          over('cases', 0),
        ),
      },
    ],
  },
]

function magnitude(density: string, ...values: (number | null)[]): Row['columns'] {
  const [I, II, III, IV] = values.map((v) => (v === null ? null : both(test('magnitude', '>=', v), { measure: 'populationDensity', op: 'in', value: [density] })))
  return columns(I ?? null, II ?? null, III ?? null, IV ?? null)
}

/** Many cars off the rails with a busy trunk cut 48 h; many cars, or few with 24 h busy or 48 h other; few. */
function derailed(cars: string, many: number, few: number): Row['columns'] {
  return columns(
    both(test(cars, '>=', many), test('busyLineCutHours', '>=', 48)),
    [
      [test(cars, '>=', many)],
      [test(cars, '>=', few), test('busyLineCutHours', '>=', 24)],
      [test(cars, '>=', few), test('otherLineCutHours', '>=', 48)],
    ],
    least(cars, few),
    null,
  )
}

export const gradingNorms: DefaultNorm[] = [
  ...measureNorms,
  ...rules.flatMap((rule): DefaultNorm[] => [
    { key: `rule/${rule.id}`, value: { zh: rule.zh, en: rule.en, applies: rule.applies }, mark: 'S', source: rule.source },
    ...rule.rows.flatMap((row): DefaultNorm[] => [
      { key: `clause/${rule.id}/${row.clause}`, value: { zh: row.zh, en: row.en, unit: row.unit }, mark: 'S', source: rule.source },
      ...grades.flatMap((grade): DefaultNorm[] => {
        const value = row.columns[grade]
        return value === null ? [] : [{ key: `threshold/${rule.id}/${row.clause}/${grade}`, value, mark: row.marks?.[grade] ?? row.mark ?? 'S', source: rule.source }]
      }),
    ]),
  ]),
]
