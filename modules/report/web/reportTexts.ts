import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './report.en.ts'
import { zh } from './report.zh.ts'

export const reportTexts = defineTexts('report', zh, en)
