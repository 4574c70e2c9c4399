import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './incident.en.ts'
import { zh } from './incident.zh.ts'

export const incidentTexts = defineTexts('incident', zh, en)
