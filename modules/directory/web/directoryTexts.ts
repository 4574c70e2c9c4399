import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './directory.en.ts'
import { zh } from './directory.zh.ts'

export const directoryTexts = defineTexts('directory', zh, en)
