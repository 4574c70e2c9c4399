import { divisionName } from '#core/geo/divisions.ts'
import { ancestorsOf, isTime, levelOf } from '#core/kernel/index.ts'
import type { Mode } from '#core/ledger/index.ts'
import { measureNames, type FigureName, type Grade } from '#modules/norms/index.ts'
import { printableLine, paragraphsOf } from '../printable.ts'
import type { FiguresAnswer, ReportAnswer } from '../report.api.ts'
import type { Bulletin, BulletinBlock } from './bulletin.ts'

/** Names that the norms know. */
export interface BulletinWords {
  /** 天然地震 for `11C02`. */
  codeName(code: string): string | undefined
  /** 震级, and its unit, for `magnitude`. */
  measure(name: string): { name: string; unit: string } | undefined
}

const markOf: Record<Mode, string | null> = { actual: null, exercise: '【演练】', test: '【测试】' }
const kindNames = { first: '首报', followUp: '续报', final: '终报', daily: '日报' } as const
const gradeWords: Record<Grade, string> = { I: '特别重大（Ⅰ级）', II: '重大（Ⅱ级）', III: '较大（Ⅲ级）', IV: '一般（Ⅳ级）' }

const figureWords: Record<FigureName, { name: string; unit: string }> = {
  deaths: { name: '死亡', unit: '人' },
  missing: { name: '失踪', unit: '人' },
  seriousInjuries: { name: '重伤', unit: '人' },
  lightInjuries: { name: '轻伤', unit: '人' },
  trapped: { name: '被困', unit: '人' },
  evacuated: { name: '紧急转移安置', unit: '人' },
  lossWan: { name: '直接经济损失', unit: '万元' },
}

/** What 值班快报 says of a report. Printed in Chinese whatever the screen's language: it is an official document. */
export function bulletinOf(report: ReportAnswer, words: BulletinWords): Bulletin {
  const at = report.signedAt ?? report.changedAt
  const line = ancestorsOf(report.station)
  const upward = report.receivers.filter((r) => line.includes(r.station))
  const others = report.receivers.filter((r) => !line.includes(r.station))
  const names = (stations: typeof upward) => stations.map((r) => organName(r.station, r.name))
  return {
    mark: markOf[report.mode],
    organ: organName(report.station, report.stationName),
    product: '值班快报',
    number: numberOf(at),
    signer: report.signedBy === null ? null : printableLine(report.signedBy),
    date: day(at),
    title: titleOf(report),
    recipients: names(upward.length > 0 ? upward : others),
    body: [
      ...section('一、基本情况', basics(report, words)),
      ...section('二、人员伤亡和财产损失', [figuresSentence(report)]),
      ...section('三、情况和处置', [...paragraphsOf(report.text), ...detailLines(report)]),
      ...section('四、批示和办理', instructionLines(report)),
      ...closing(report),
    ],
    attachments: report.attachments.map((a) => printableLine(a.name)),
    copies: upward.length > 0 ? names(others) : [],
    issuedAt: report.signedAt === null ? '未签发' : `${moment(at)}印发`,
    reportId: report.id,
    at,
  }
}

/** A government station named only after its area signs as that area's emergency office. */
export function organName(station: string, name: string): string {
  const line = printableLine(name)
  const isDepartment = station.slice(station.lastIndexOf('/') + 1).startsWith('@')
  if (isDepartment || !/(省|自治区|州|地区|盟|市|区|县|旗)$/.test(line)) return line
  return line + (levelOf(station) === 'region' ? '应急管理厅' : '应急管理局')
}

/** 〔2024〕0123-0241号: from the moment of signing, so that every station prints the same number. */
function numberOf(at: number): string {
  const { year, month, day: date, hour, minute } = beijing(at)
  return `〔${year}〕${two(month)}${two(date)}-${two(hour)}${two(minute)}号`
}

/** The kind belongs to the title; an officer who wrote it there is not corrected. */
function titleOf(report: ReportAnswer): string {
  const title = printableLine(report.title)
  return Object.values(kindNames).some((kind) => title.includes(kind)) ? title : `${title}（${kindNames[report.kind]}）`
}

function basics(report: ReportAnswer, words: BulletinWords): string[] {
  const measures = Object.entries(report.attributes).flatMap(([name, value]) => {
    const known = words.measure(name)
    if (!known || typeof value === 'boolean') return []
    return [`${known.name}${value}${known.unit}`]
  })
  const phoned = report.phonedAt === null ? '' : `，${clock(report.phonedAt, report.learnedAt)}电话报告`
  const name = words.codeName(report.code)
  const event = name === undefined ? `突发事件（代码${report.code}）` : name
  return [
    `${moment(report.occurredAt)}，${placeWords(report)}发生${event}${measures.length > 0 ? `，${measures.join('，')}` : ''}。我单位于${clock(report.learnedAt, report.occurredAt)}接报${phoned}。`,
    ...levelSentence(report),
  ].map(printableLine)
}

function placeWords({ place }: ReportAnswer): string {
  const name = divisionName(place.division)
  const address = place.address === undefined ? '' : printableLine(place.address)
  const at = place.lon === undefined || place.lat === undefined ? '' : `（${place.lon < 0 ? '西经' : '东经'}${Math.abs(place.lon)}度，${place.lat < 0 ? '南纬' : '北纬'}${Math.abs(place.lat)}度）`
  return (address.startsWith(name) ? address : name + address) + at
}

function levelSentence({ level }: ReportAnswer): string[] {
  const parts = [
    level.initial && `初判为${gradeWords[level.initial]}`,
    level.computed && `按分级标准计算为${gradeWords[level.computed]}`,
    level.reporting && level.reporting !== level.computed && `按${gradeWords[level.reporting]}报送`,
    level.confirmed && `认定为${gradeWords[level.confirmed]}`,
  ].filter((part) => typeof part === 'string')
  return parts.length > 0 ? [`事件级别：${parts.join('，')}。`] : []
}

function figuresSentence(report: ReportAnswer): string {
  const parts = measureNames.map((name) => figureWordsOf(name, report.figures, report.previous?.figures ?? null))
  return `截至${moment(report.signedAt ?? report.changedAt)}：${parts.join('，')}。`
}

/** 死亡3人（较上次报告增加1人）; unknown is said, never printed as 0. */
function figureWordsOf(name: FigureName, figures: FiguresAnswer, before: FiguresAnswer | null): string {
  const { name: word, unit } = figureWords[name]
  const value = figures[name]
  const old = before?.[name] ?? null
  if (value === null) return old === null ? `${word}情况不明` : `${word}情况不明（上次报告${old}${unit}）`
  const said = `${word}${value}${unit}`
  if (before === null || old === value) return said
  if (old === null) return `${said}（上次报告不明）`
  const change = Number(Math.abs(value - old).toFixed(4))
  return `${said}（较上次报告${value > old ? '增加' : '减少'}${change}${unit}）`
}

/** 要素 in the order of the form; one that a later version added comes last under its own name. */
const detailWords: Record<string, string> = {
  source: '信息来源', nature: '事件性质', scope: '影响范围', trend: '发展趋势', leaders: '现场领导', measures: '已采取措施', needs: '需支援事项',
  instructions: '领导批示落实情况', cause: '事件原因', aftermath: '善后情况', lessons: '经验教训',
}

function detailLines({ details }: ReportAnswer): string[] {
  const names = [...Object.keys(detailWords), ...Object.keys(details).filter((name) => !(name in detailWords))]
  return names.flatMap((name) => {
    const said = paragraphsOf(details[name] ?? '')
    return said.length === 0 ? [] : [`${detailWords[name] ?? name}：${said.join('')}`]
  })
}

function instructionLines(report: ReportAnswer): string[] {
  return report.instructions.flatMap((instruction) => [
    `${moment(instruction.at)}，${printableLine(instruction.actor)}批示：${paragraphsOf(instruction.text).join('')}（${moment(instruction.due)}前反馈）`,
    ...instruction.feedback.map((feedback) => `${moment(feedback.at)}反馈：${paragraphsOf(feedback.text).join('')}`),
  ])
}

function closing(report: ReportAnswer): BulletinBlock[] {
  const outcome = report.outcome === null ? [] : [{ kind: 'text' as const, text: `办理结果：${paragraphsOf(report.outcome).join('')}` }]
  if (report.kind === 'final' || report.closedAt !== null) return outcome
  return [...outcome, { kind: 'text', text: '有关情况将及时续报。' }]
}

function section(heading: string, paragraphs: string[]): BulletinBlock[] {
  if (paragraphs.length === 0) return []
  return [{ kind: 'heading', text: heading }, ...paragraphs.map((text) => ({ kind: 'text' as const, text }))]
}

function beijing(ms: number) {
  const d = new Date(ms + 8 * 3_600_000)
  return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), hour: d.getUTCHours(), minute: d.getUTCMinutes() }
}

const two = (n: number) => String(n).padStart(2, '0')

function day(ms: number): string {
  if (!isTime(ms + 8 * 3_600_000)) return '（时间有误）'
  const { year, month, day: date } = beijing(ms)
  return `${year}年${month}月${date}日`
}

function moment(ms: number): string {
  if (!isTime(ms + 8 * 3_600_000)) return day(ms)
  const { hour, minute } = beijing(ms)
  return `${day(ms)}${two(hour)}时${two(minute)}分`
}

/** Only the hour when it is the same day as what was just said. */
function clock(ms: number, said: number): string {
  const { hour, minute } = beijing(ms)
  return isTime(ms + 8 * 3_600_000) && day(ms) === day(said) ? `${two(hour)}时${two(minute)}分` : moment(ms)
}
