import type { Sentence } from '#core/kernel/index.ts'
import type { CqlFault, Property } from './cql.ts'
import type { Token } from './cqlTokens.ts'

/** How deep a filter may be nested: recursion stays far from any limit of the machine. */
export const maxFilterDepth = 40

/** Ends the reading; `parseCql` turns it into a value. */
export class CqlError extends Error {
  readonly fault: CqlFault

  constructor(at: number, zh: string, en: string) {
    super(en)
    this.name = 'CqlError'
    this.fault = { at, message: { zh, en } }
  }
}

/** Tokens, one after the other, with the questions a parser asks. Words of the language are read in any case. */
export class CqlReader {
  #next = 0
  #depth = 0
  readonly #tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!
  }

  take(): Token {
    const token = this.peek()
    this.#next++
    return token
  }

  isWord(word: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'name' && text.toUpperCase() === word
  }

  isSign(sign: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'sign' && text === sign
  }

  takeWord(word: string): boolean {
    const isHere = this.isWord(word)
    if (isHere) this.#next++
    return isHere
  }

  takeSign(sign: string): boolean {
    const isHere = this.isSign(sign)
    if (isHere) this.#next++
    return isHere
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.expected(`“${sign}”`, `"${sign}"`)
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.expected(word, word)
  }

  /** Says what should stand here, and what does. */
  expected(zh: string, en: string): CqlError {
    const { kind, text, at } = this.peek()
    const found: Sentence = kind === 'end' ? { zh: '却已结束', en: 'but the filter ends' } : { zh: `却是 ${text.slice(0, 40)}`, en: `but found ${text.slice(0, 40)}` }
    return new CqlError(at, `此处应为 ${zh}，${found.zh}`, `expected ${en}, ${found.en}`)
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > maxFilterDepth) throw new CqlError(this.peek().at, `嵌套超过 ${maxFilterDepth} 层`, `nested deeper than ${maxFilterDepth} levels`)
    const value = read()
    this.#depth--
    return value
  }

  /** `a, b, c` up to the closing bracket, which is taken. */
  list<T>(read: () => T): T[] {
    this.expectSign('(')
    const items = [read()]
    while (this.takeSign(',')) items.push(read())
    this.expectSign(')')
    return items
  }

  signedNumber(): { value: number; at: number } {
    const { at } = this.peek()
    const negative = this.takeSign('-')
    if (!negative) this.takeSign('+')
    if (this.peek().kind !== 'number') throw this.expected('数字', 'a number')
    const value = Number(this.take().text)
    if (!Number.isFinite(value)) throw new CqlError(at, '数字过大', 'the number is too large')
    return { value: negative ? -value || 0 : value, at }
  }
}

/** The name of a property; a word with a bracket behind it would be a function, and those there are were read before. */
export function readProperty(reader: CqlReader, zh = '属性名或值', en = 'a property or a value'): Property {
  const { kind, text, at } = reader.peek()
  if (kind === 'name' && reader.isSign('(', 1)) {
    const name = text.slice(0, 40)
    throw new CqlError(at, `不支持函数 ${name}；可用 CASEI、S_INTERSECTS 和 T_AFTER 等时间函数`, `the function ${name} is not supported; there are CASEI, S_INTERSECTS, and temporal functions such as T_AFTER`)
  }
  if (kind !== 'name' && kind !== 'property') throw reader.expected(zh, en)
  return { kind: 'property', name: reader.take().text, at }
}
