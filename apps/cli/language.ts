import type { Sentence } from '#core/kernel/index.ts'

/** The operator's language, from the usual variables of a terminal: Chinese when they say so, else English. */
export function languageFrom(env: Record<string, string | undefined>): 'zh' | 'en' {
  return (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('zh') ? 'zh' : 'en'
}

export const language = languageFrom(process.env)

export function say(zh: string, en: string): string {
  return language === 'zh' ? zh : en
}

export function saySentence(sentence: Sentence): string {
  return sentence[language]
}

/** What the operator can put right: shown without a stack, exit code 1. */
export class OperatorFault extends Error {
  constructor(zh: string, en: string) {
    super(say(zh, en))
    this.name = 'OperatorFault'
  }
}

/** Beijing time to the second, as people of the field write it. */
export function beijing(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}

/** Columns padded to their widest cell; Chinese characters take two places at a terminal. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))))
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))).join('  ')).join('\n')
}

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1
  return width
}
