import { defineTexts } from '#core/ui/web/texts.ts'
import { en } from './audit.en.ts'
import { zh } from './audit.zh.ts'

export const auditTexts = defineTexts('audit', zh, en)

export type AuditKey = keyof typeof zh

/** Whether a reason or deed has words of ours; others are shown as they are. */
export function isAuditKey(key: string): key is AuditKey {
  return Object.hasOwn(zh, key)
}
