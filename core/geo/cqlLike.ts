/** A pattern of LIKE, read: `%` is any characters, `_` one, and a backslash takes the next as it stands. */
export type LikePart = 'many' | 'one' | { character: string }

export function likeParts(pattern: string): LikePart[] {
  const parts: LikePart[] = []
  const characters = Array.from(pattern)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    if (character === '\\' && i + 1 < characters.length) parts.push({ character: characters[++i]! })
    else parts.push(character === '%' ? 'many' : character === '_' ? 'one' : { character })
  }
  return parts
}

/** Whether a text is like a pattern. Two pointers: no pattern makes it slow. */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const parts = likeParts(pattern)
  return (text) => {
    const characters = Array.from(text)
    let [at, part, star, resume] = [0, 0, -1, 0]
    while (at < characters.length) {
      const want = parts[part]
      if (want === 'many') [star, resume, part] = [part, at, part + 1]
      else if (want === 'one' || (want !== undefined && want.character === characters[at])) [at, part] = [at + 1, part + 1]
      else if (star >= 0) [at, part, resume] = [resume + 1, star + 1, resume + 1]
      else return false
    }
    while (parts[part] === 'many') part++
    return part === parts.length
  }
}
