import type { DefaultNorm, NormValues } from './norms.values.ts'

const own = '系统约定'
const choice = (zh: string, en: string) => ({ zh, en })

const number = (name: string, zh: string, en: string, unit: string, presumed?: number): DefaultNorm<'measure'> => ({
  key: `measure/${name}`, value: { zh, en, unit, kind: 'number', ...(presumed === undefined ? {} : { presumed }) }, mark: 'K', source: own,
})
const yesno = (name: string, zh: string, en: string): DefaultNorm<'measure'> => ({
  key: `measure/${name}`, value: { zh, en, unit: '', kind: 'yesno', presumed: false }, mark: 'K', source: own,
})
const choices = (name: string, zh: string, en: string, options: NormValues['measure']['choices'], presumed: string): DefaultNorm<'measure'> => ({
  key: `measure/${name}`, value: { zh, en, unit: '', kind: 'choice', choices: options, presumed }, mark: 'K', source: own,
})

const none = { none: choice('无', 'None') }

/**
 * 指标: what the grading rules read. The first seven are the figures of every report and are never presumed.
 * A presumption stands only where silence has a plain meaning (nobody poisoned, no dam in danger) or where the
 * cautious reading must win: a place whose population density nobody stated counts as rather dense.
 */
export const measureNorms: DefaultNorm<'measure'>[] = [
  number('deaths', '死亡', 'Deaths', '人'),
  number('missing', '失踪', 'Missing', '人'),
  number('seriousInjuries', '重伤', 'Seriously injured', '人'),
  number('lightInjuries', '轻伤', 'Lightly injured', '人'),
  number('trapped', '被困', 'Trapped', '人'),
  number('evacuated', '转移疏散', 'Evacuated', '人'),
  number('lossWan', '直接经济损失', 'Direct economic loss', '万元'),
  number('poisoned', '急性中毒', 'Acutely poisoned', '人', 0),
  number('magnitude', '震级', 'Magnitude', 'M'),
  choices('populationDensity', '震区人口密度', 'Population density', {
    sparse: choice('人口稀少地区', 'Sparsely populated'), ratherDense: choice('人口较密集地区', 'Rather densely populated'), dense: choice('人口密集地区', 'Densely populated'),
  }, 'ratherDense'),
  number('lossGdpPercent', '直接经济损失占全省上年生产总值', 'Direct loss, share of last year\'s provincial GDP', '%'),
  number('burnedHa', '受害面积', 'Burned area', '公顷'),
  choices('waterSourceCut', '饮用水水源取水中断', 'Drinking-water source cut', {
    ...none, township: choice('乡镇', 'Township'), county: choice('县级城市', 'County city'), prefecture: choice('地市级以上城市', 'Prefecture city or above'),
  }, 'none'),
  choices('borderEffect', '跨界影响', 'Effect across borders', {
    ...none, crossCounty: choice('跨县', 'Cross-county'), crossPrefecture: choice('跨地市', 'Cross-prefecture'),
    crossProvince: choice('跨省', 'Cross-province'), transnational: choice('重大跨国境', 'Major transnational'),
  }, 'none'),
  number('passengerCarsDerailed', '客车脱轨', 'Passenger cars derailed', '辆', 0),
  number('freightCarsDerailed', '货车脱轨', 'Freight cars derailed', '辆', 0),
  number('busyLineCutHours', '繁忙干线中断', 'Busy trunk line cut', '小时', 0),
  number('otherLineCutHours', '其他线路中断', 'Other line cut', '小时', 0),
  number('strandedPersons', '高空滞留人数', 'Stranded persons', '人', 0),
  number('strandedHours', '高空滞留时间', 'Hours stranded', '小时', 0),
  number('liftStrandedHours', '电梯滞留时间', 'Hours stranded in a lift', '小时', 0),
  number('returnPeriodYears', '洪水重现期', 'Return period', '年'),
  number('trunkLineCutHours', '干线中断时间', 'Trunk line cut', '小时', 0),
  choices('damDanger', '水库险情', 'Dam danger', {
    ...none, dangerDownstream: choice('对下游安全造成直接影响的重大险情', 'Danger downstream'),
    largeOrMediumFails: choice('大中型水库垮坝', 'Large or medium reservoir fails'), keyLargeFails: choice('重点大型水库垮坝', 'Key large reservoir fails'),
  }, 'none'),
  choices('basinFlood', '流域洪水', 'Basin flood', {
    ...none, bigInOne: choice('一个流域大洪水', 'Big flood in one basin'), bigInMany: choice('多个流域大洪水', 'Big flood in several basins'),
    extraordinaryInOne: choice('一个流域特大洪水', 'Extraordinary flood in one basin'),
  }, 'none'),
  number('droughtCropPercent', '农作物受旱比例', 'Crops affected', '%'),
  number('droughtDrinkingPercent', '农村饮水困难人口比例', 'Rural people short of drinking water', '%'),
  number('cases', '病例或中毒人数', 'Cases', '例'),
  number('countiesAffected', '波及县数', 'Counties affected', '个', 1),
  choices('plagueForm', '病型', 'Form', { pneumonic: choice('肺型', 'Pneumonic'), bubonic: choice('腺型', 'Bubonic') }, 'pneumonic'),
  yesno('spreadInBigCity', '大中城市发生并有扩散趋势', 'In a big city and spreading'),
  yesno('nationallyDesignated', '国家有关部门认定', 'Designated by the national authority'),
]
