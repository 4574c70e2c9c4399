import type { CqlFault } from './cql.ts'

/** `name` is a word as it stands; `property` one in double quotes; `sign` everything else, by its character(s). */
export interface Token {
  kind: 'name' | 'property' | 'text' | 'number' | 'sign' | 'end'
  text: string
  at: number
}

/** More than any filter a person or a client writes; keeps the work small. */
export const maxFilterLength = 8_000

const space = /\s+/y
const name = /[\p{L}\p{Nl}_:][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}_:.\u203f\u2040]*/uy
const quotedName = /"([\p{L}\p{Nl}_:][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}_:.\u203f\u2040]*)"/uy
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
/** A quotation mark within is written twice. The standard's other way, `\'`, is left out: it leaves no way to end a text with a backslash. */
const text = /'((?:[^']|'')*)'/y
const sign = /<>|<=|>=|[=<>(),+\-*/^%[\]]/y

export function readTokens(filter: string): Token[] | CqlFault {
  if (filter.length > maxFilterLength) return { at: maxFilterLength, message: { zh: `过滤条件至多 ${maxFilterLength} 个字符`, en: `a filter has at most ${maxFilterLength} characters` } }
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(filter)
  }
  for (;;) {
    at += take(space)?.[0].length ?? 0
    if (at >= filter.length) break
    const found = ([['name', name], ['property', quotedName], ['number', number], ['text', text], ['sign', sign]] as const)
      .map(([kind, pattern]) => ({ kind, match: take(pattern) })).find(({ match }) => match !== null)
    if (!found?.match) {
      return filter[at] === "'"
        ? { at, message: { zh: '引号没有结束', en: 'this quotation mark is never closed' } }
        : { at, message: { zh: `不认识的字符 ${filter.slice(at, at + 2).trim()}`, en: `unexpected character ${filter.slice(at, at + 2).trim()}` } }
    }
    const [whole, inner] = found.match
    tokens.push({ kind: found.kind, text: found.kind === 'text' ? inner!.replaceAll("''", "'") : (inner ?? whole), at })
    at += whole.length
  }
  tokens.push({ kind: 'end', text: '', at: filter.length })
  return tokens
}
