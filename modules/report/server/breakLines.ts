/** One line as broken: `full` lines are stretched to the measure, the last of a paragraph is not. */
export interface BrokenLine {
  text: string
  full: boolean
}

/** 避头 and 避尾: what may not begin, and what may not end a line. */
const notFirst = new Set('、。，．；：？！…—·）〕】》〉」』”’％%℃°,.;:?!)]}'.split(''))
const notLast = new Set('（〔【《〈「『“‘([{'.split(''))

/**
 * Breaks a Chinese paragraph into lines of at most `measure`: between any two characters, but not inside a number or a
 * Latin word that fits on a line, and not so that punctuation stands where it may not.
 * `widthOf` measures one character; `first` is the first line's indent.
 */
export function breakLines(text: string, measure: number, first: number, widthOf: (character: string) => number): BrokenLine[] {
  const pieces = piecesOf(text, measure, widthOf)
  const lines: BrokenLine[] = []
  let start = 0
  let room = measure - first
  let used = 0
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!
    if (i > start && used + piece.width > room && piece.text !== ' ') {
      const cut = goodCut(pieces, start, i)
      lines.push({ text: joined(pieces, start, cut), full: true })
      start = cut
      room = measure
      used = pieces.slice(start, i).reduce((sum, p) => sum + p.width, 0)
    }
    used += piece.width
  }
  lines.push({ text: joined(pieces, start, pieces.length), full: false })
  return lines
}

interface Piece {
  text: string
  width: number
}

/** Words of Latin letters and digits stay whole unless they alone are longer than a line. */
function piecesOf(text: string, measure: number, widthOf: (character: string) => number): Piece[] {
  const width = (word: string) => [...word].reduce((sum, c) => sum + widthOf(c), 0)
  return (text.match(/[\u0021-\u007e\u00a0-\u024f]+|./gsu) ?? []).flatMap((word) => {
    const whole = { text: word, width: width(word) }
    return whole.width <= measure ? [whole] : [...word].map((c) => ({ text: c, width: widthOf(c) }))
  })
}

/** The last place at or before `i` where a line may end; `i` itself when there is none near. */
function goodCut(pieces: Piece[], start: number, i: number): number {
  for (let cut = i; cut > start && cut > i - 6; cut--) {
    const next = pieces[cut]!.text
    const last = pieces[cut - 1]!.text
    if (!notFirst.has(next[0]!) && !notLast.has(last.at(-1)!)) return cut
  }
  return i
}

function joined(pieces: Piece[], from: number, to: number): string {
  return pieces.slice(from, to).map((p) => p.text).join('').replaceAll(/^ +| +$/g, '')
}
