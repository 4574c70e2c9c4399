import { defineTexts, type Say } from '#core/ui/web/texts.ts'
import { en } from './plot.en.ts'
import { zh } from './plot.zh.ts'

export const plotTexts = defineTexts('plot', zh, en)
export type SayPlot = Say<keyof typeof zh>
