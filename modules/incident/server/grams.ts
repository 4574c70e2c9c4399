import { folded } from '#core/kernel/index.ts'

/**
 * Two-character words are how Chinese is searched, and the databases' own trigram indexes miss them: so every pair of
 * neighbouring characters becomes a row, and a word is found by its pairs. The last character of a run stands alone
 * too, so that a single character is found by the beginning of a pair.
 */
export function gramsOf(text: string): string[] {
  const grams = new Set<string>()
  for (const run of runsOf(text)) {
    const characters = Array.from(run)
    for (let i = 0; i < characters.length; i++) grams.add(characters.slice(i, i + 2).join(''))
  }
  return [...grams]
}

/** The pairs that a searched word must have; for a single character none, and its rows are found by their beginning. */
export function gramsOfWord(word: string): string[] {
  return gramsOf(word).filter((gram) => Array.from(gram).length === 2)
}

export function wordsOf(q: string): string[] {
  return runsOf(q).slice(0, 8)
}

function runsOf(text: string): string[] {
  return folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}
