import { defineTexts, type Say } from '#core/ui/web/texts.ts'
import { en } from './norms.en.ts'
import { zh } from './norms.zh.ts'

export const normsTexts = defineTexts('norms', zh, en)

export type NormsKey = keyof typeof zh
export type SayNorms = Say<NormsKey>

/** Whether a made-up key is one of our texts: norms are data, and some have no words here. */
export function isNormsKey(key: string): key is NormsKey {
  return Object.hasOwn(zh, key)
}
