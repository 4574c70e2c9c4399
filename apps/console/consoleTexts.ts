import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './console.en.ts'
import { zh } from './console.zh.ts'

export const consoleTexts = defineTexts('console', zh, en)
