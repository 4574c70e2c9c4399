import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './page.en.ts'
import { zh } from './page.zh.ts'

export const pageTexts = defineTexts('report.page', zh, en)
