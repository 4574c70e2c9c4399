import { grades, type Grade } from './grade.ts'
import type { DefaultNorm, Mark, NormGroup, NormValues, ReportKind } from './norms.values.ts'

const line = <G extends NormGroup>(key: `${G}/${string}`, value: NormValues[G], mark: Mark, source: string): DefaultNorm => ({ key, value, mark, source })
const byGrade = (kind: string, minutes: Record<Grade, number>, mark: Mark, source: string) =>
  grades.map((grade) => line(`deadline/${kind}/${grade}`, minutes[grade], mark, source))
const alike = (minutes: number): Record<Grade, number> => ({ I: minutes, II: minutes, III: minutes, IV: minutes })

const hour = 60
const day = 24 * hour
const common = '2015 年以来各省通行做法，电话 30 分钟、书面 60 分钟'

const allFigures = ['deaths', 'missing', 'seriousInjuries', 'lightInjuries', 'trapped', 'evacuated', 'lossWan'].map((name) => `figures.${name}`)
const basic = ['code', 'title', 'occurredAt', 'learnedAt', 'place.division', 'text']

const required: Record<ReportKind, string[]> = {
  first: [...basic, ...allFigures],
  followUp: [...basic, ...allFigures],
  final: [...basic, ...allFigures],
  daily: [...basic, ...allFigures],
}
const expected: Record<ReportKind, string[]> = {
  first: ['place.address', 'details.source', 'details.nature', 'details.scope', 'details.trend', 'details.leaders', 'details.measures', 'details.needs'],
  followUp: ['details.trend', 'details.measures', 'details.leaders', 'details.instructions'],
  final: ['details.cause', 'details.measures', 'details.aftermath', 'details.lessons'],
  daily: ['details.measures'],
}

/** 报送时限、范围、必填项、评分 (domain reference §3). */
export const reportingNorms: DefaultNorm[] = [
  ...byGrade('phone', alike(30), 'K', common),
  ...byGrade('written', alike(hour), 'K', common),
  ...byGrade('hop', alike(2 * hour), 'S', '国务院令第493号 第十、十一条：逐级上报每级不超过 2 小时'),
  line('deadline/receipt', 10, 'K', '10 分钟未签收自动催报'),
  ...byGrade('followUp', { I: 2 * hour, II: 4 * hour, III: 12 * hour, IV: day }, '?', '暂定，待本级规定'),
  ...byGrade('final', alike(30 * day), '?', '暂定：与伤亡补报期限一致'),
  line('deadline/daily', day, 'S', '自然灾害救助条例 第十七条：灾情稳定前逐日上报'),
  line('deadline/supplement', 30 * day, 'S', '国务院令第493号 第十三条'),
  line('deadline/supplement/12G', 7 * day, 'S', '国务院令第493号 第十三条：火灾 7 日'),
  line('deadline/supplement/12H', 7 * day, 'S', '国务院令第493号 第十三条：道路交通事故 7 日'),
  line('deadline/national/I', 4 * hour, 'K', '2006 年国家总体应急预案'),
  line('deadline/national/II', 4 * hour, 'K', '2006 年国家总体应急预案'),
  line('deadline/instruction', day, '?', '批示未注明时限的办理期限，暂定'),
  line('reach/I', 'ancestors', 'S', '国务院令第493号 第十条'),
  line('reach/II', 'ancestors', 'S', '国务院令第493号 第十条'),
  line('reach/III', 'region', 'S', '国务院令第493号 第十条'),
  line('reach/IV', 'prefecture', 'S', '国务院令第493号 第十条'),
  line('confirm/I', 'region', 'K', '特别重大、重大由自治区认定'),
  line('confirm/II', 'region', 'K', '特别重大、重大由自治区认定'),
  line('confirm/III', 'prefecture', 'K', '较大由地州市认定'),
  line('confirm/IV', 'county', 'K', '一般由县市区认定'),
  ...Object.entries(required).map(([kind, fields]) => line(`required/${kind}`, fields, 'S', '信息报送要素')),
  ...Object.entries(expected).map(([kind, fields]) => line(`expected/${kind}`, fields, 'S', '信息报送要素')),
  line('weight/timeliness', 40, 'K', '质量评分默认权重'),
  line('weight/completeness', 25, 'K', '质量评分默认权重'),
  line('weight/accuracy', 20, 'K', '质量评分默认权重'),
  line('weight/closure', 15, 'K', '质量评分默认权重'),
  line('raise/sensitive', 1, 'S', '敏感地点、时间、人群提高一级报送'),
]
