import type { zh } from './situation.zh.ts'

export const en: Record<keyof typeof zh, string> = {
  'title': 'Situation map',
}
