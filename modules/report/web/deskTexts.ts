import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './desk.en.ts'
import { zh } from './desk.zh.ts'

export const deskTexts = defineTexts('report.desk', zh, en)
