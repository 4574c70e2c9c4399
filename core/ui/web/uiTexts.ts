import { defineTexts } from './texts.ts'
import { en } from './ui.en.ts'
import { zh } from './ui.zh.ts'

export const uiTexts = defineTexts('ui', zh, en)
