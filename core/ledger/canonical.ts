import canonicalize from 'canonicalize'

/** The one encoding of a statement: canonical JSON, RFC 8785. Decided once; see docs/decisions/001. */
export function encode(value: unknown): string {
  // Sorting keys is most of the library's time: what is in order already needs none.
  const text = isInOrder(value) ? JSON.stringify(value) : canonicalize(value)
  if (text === undefined) throw new TypeError('value has no JSON form')
  return text
}

/** What parsing a value's JSON would give, with all keys in order but for those that look like numbers: JavaScript puts them first. */
export function inOrder(value: unknown): unknown {
  if (typeof value === 'number') return value + 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member: unknown) => inOrder(member === undefined ? null : member))
  if ('toJSON' in value && typeof value.toJSON === 'function') return inOrder(value.toJSON())
  const members = value as Record<string, unknown>
  return Object.fromEntries(Object.keys(value).filter((key) => members[key] !== undefined).sort().map((key) => [key, inOrder(members[key])]))
}

/** Whether a value is plain JSON with all keys in order and all texts whole, so that `JSON.stringify` writes it canonically. */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isInOrder)
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'boolean'
  if ('toJSON' in value) return false
  let before: string | undefined
  for (const key of Object.keys(value)) {
    if ((before !== undefined && key <= before) || !key.isWellFormed() || !isInOrder((value as Record<string, unknown>)[key])) return false
    before = key
  }
  return true
}
