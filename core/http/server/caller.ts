/**
 * Whom a limit is for: an IPv4 address, or the /64 of an IPv6 one — a single office has that whole network and could
 * come from another address each time.
 */
export function callerOf(address: string | undefined): string {
  const plain = (address ?? '').split('%', 1)[0]!.toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)
  if (mapped) return mapped[1]!
  if (!plain.includes(':')) return plain
  const [before = '', after] = plain.split('::', 2)
  const head = before ? before.split(':') : []
  const tail = after ? after.split(':') : []
  const groups = after === undefined ? head : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
