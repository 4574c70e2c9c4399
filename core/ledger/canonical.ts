import canonicalize from 'canonicalize'

/** The one encoding of a statement: canonical JSON, RFC 8785. Decided once; see docs/decisions/001. */
export function encode(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('value has no JSON form')
  return text
}
