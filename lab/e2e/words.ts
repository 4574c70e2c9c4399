import { en as consoleEn } from '#apps/console/console.en.ts'
import { zh as consoleZh } from '#apps/console/console.zh.ts'
import { en as directoryEn } from '#modules/directory/web/directory.en.ts'
import { zh as directoryZh } from '#modules/directory/web/directory.zh.ts'
import { en as plotEn } from '#modules/plot/web/plot.en.ts'
import { zh as plotZh } from '#modules/plot/web/plot.zh.ts'
import { en as deskEn } from '#modules/report/web/desk.en.ts'
import { zh as deskZh } from '#modules/report/web/desk.zh.ts'
import { en as pageEn } from '#modules/report/web/page.en.ts'
import { zh as pageZh } from '#modules/report/web/page.zh.ts'
import { en as formEn } from '#modules/report/web/report.en.ts'
import { zh as formZh } from '#modules/report/web/report.zh.ts'
import { en as situationEn } from '#modules/situation/web/situation.en.ts'
import { zh as situationZh } from '#modules/situation/web/situation.zh.ts'
import { en as mapEn } from '#core/ui/web/map/map.en.ts'
import { zh as mapZh } from '#core/ui/web/map/map.zh.ts'

/** What the screens say, so that a test presses the button a person would read, in either language. */
export const words = {
  zh: { shell: consoleZh, desk: deskZh, form: formZh, page: pageZh, directory: directoryZh, situation: situationZh, map: mapZh, plot: plotZh },
  en: { shell: consoleEn, desk: deskEn, form: formEn, page: pageEn, directory: directoryEn, situation: situationEn, map: mapEn, plot: plotEn },
} as const

export type Words = (typeof words)['zh' | 'en']

/** `{{name}}` filled in; what is not given matches anything. */
export function saying(text: string, values: Record<string, string | number> = {}): RegExp {
  const parts = text.split(/\{\{(\w+)\}\}/)
  const literal = (words: string) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(parts.map((part, i) => (i % 2 === 0 ? literal(part) : values[part] === undefined ? '.+' : literal(String(values[part])))).join(''))
}
