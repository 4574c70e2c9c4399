/**
 * Text that any program can open: no control characters (they make XML ill-formed), no halves of surrogate pairs,
 * no invisible marks that turn the reading direction and so make a document read otherwise than it is stored.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replaceAll('\t', ' ')
    // oxlint-disable-next-line no-control-regex -- control characters are the very thing being removed
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g, '')
}

/** The same on one line: names, titles. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim()
}

/** The lines of a text that say something. */
export function paragraphsOf(text: string): string[] {
  return printable(text).split('\n').map((line) => line.trim()).filter((line) => line !== '')
}

/** A cell that a spreadsheet will never take for a formula, also after a trip through CSV. */
export function plainCell(text: string): string {
  const line = printable(text)
  const safe = /^\s*[=+\-@|%＝＋－＠]/.test(line) ? `'${line}` : line
  return safe.length > cellLimit ? `${safe.slice(0, cellLimit - 1).toWellFormed()}…` : safe
}

/** What one Excel cell holds. */
const cellLimit = 32_767
