import { defineTexts, type Say } from '#core/ui/web/texts.ts'
import { en } from './situation.en.ts'
import { zh } from './situation.zh.ts'

export const situationTexts = defineTexts('situation', zh, en)
export type SaySituation = Say<keyof typeof zh>
