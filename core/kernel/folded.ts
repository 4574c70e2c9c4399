/** A text as it is searched: the databases' own `lower` and `like` differ on letters beyond ASCII, so both sides are folded here. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
